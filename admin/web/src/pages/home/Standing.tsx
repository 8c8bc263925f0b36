import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconPlugConnected, IconPlugConnectedX } from "@tabler/icons-react";
import { Link } from "react-router";

import type { Home } from "../../api/types";
import { bindError } from "../../components";
import { useFormat, useTexts } from "../../i18n";
import classes from "./home.module.css";
import { texts } from "./texts";

/** Standing answers the first question: is everything well? */
export function Standing({ home: { carriers, warnings } }: { home: Home }) {
  const t = useTexts(texts);
  const format = useFormat();
  const down = carriers.filter((carrier) => !carrier.bound);
  const problems = [
    ...(carriers.length === 0 ? [{ key: "none", title: t.noCarriers, text: t.noCarriersText }] : []),
    ...down.map((carrier) => ({ key: carrier.name, title: t.notBound(carrier.name), text: carrier.error ? bindError(carrier.error) : t.noReason })),
    ...warnings.map(({ kind, n, of }) => ({ key: kind, title: "", text: t.warnings[kind](format.number(n), format.number(of)) })),
  ];
  return (
    <Stack gap="sm">
      {/* What changes here is told to those who do not see it. */}
      <div role="status">
        {problems.length === 0 ? (
          <Alert color="teal" variant="light" icon={<IconCircleCheck size={20} />} title={t.well}>
            {t.wellText}
          </Alert>
        ) : (
          <Alert color={down.length > 0 ? "red" : "yellow"} variant="light" icon={<IconAlertTriangle size={20} />} title={t.attention(problems.length)}>
            <ul className={classes.problems}>
              {problems.map(({ key, title, text }) => (
                <li key={key}>
                  {title && <Text span inherit fw={580}>{title}. </Text>}
                  {text}
                </li>
              ))}
            </ul>
          </Alert>
        )}
      </div>
      <Group gap="xs" component="ul" className={classes.carriers} aria-label={t.carriers}>
        {carriers.map(({ name, bound }) => (
          <li key={name}>
            <Badge
              component={Link}
              to="/carriers"
              size="lg"
              color={bound ? "teal" : "red"}
              className={classes.carrier ?? ""}
              leftSection={bound ? <IconPlugConnected size={15} aria-hidden /> : <IconPlugConnectedX size={15} aria-hidden />}
            >
              {name} · {bound ? t.bound : t.unbound}
            </Badge>
          </li>
        ))}
      </Group>
    </Stack>
  );
}
