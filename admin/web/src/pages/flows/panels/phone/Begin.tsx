import { Button, Stack, Text, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";

import { useTexts } from "../../../../i18n";
import { starting, type Input } from "./lines";
import { texts } from "./texts";

/** Begin starts the flow as the house would, with its inputs. */
export function Begin({ inputs, onLine }: { inputs: Input[]; onLine: (line: string) => void }) {
  const t = useTexts(texts);
  const [values, setValues] = useState<Record<string, string>>({});
  const missing = inputs.some((input) => input.required && !values[input.name]?.trim());
  return (
    <form onSubmit={(event) => { event.preventDefault(); onLine(starting(inputs, values)); }}>
      <Stack gap="xs" maw="20rem" mx="auto" my="md">
        <Text size="sm" c="dimmed" ta="center">{t.beginText}</Text>
        {inputs.map(({ name, type, required }) => (
          <TextInput
            key={name}
            label={name}
            description={t.types[type as keyof typeof t.types] ?? type}
            required={required}
            autoComplete="off"
            value={values[name] ?? ""}
            onChange={(event) => { setValues({ ...values, [name]: event.currentTarget.value }); }}
          />
        ))}
        <Button type="submit" disabled={missing} leftSection={<IconPlayerPlay size={16} aria-hidden />}>
          {t.begin}
        </Button>
      </Stack>
    </form>
  );
}
