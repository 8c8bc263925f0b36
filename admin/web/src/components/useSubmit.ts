import type { UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";

import { common, useTexts } from "../i18n";
import { placeErrors } from "./errors";

interface Submit {
  onSubmit: (event?: React.FormEvent<HTMLFormElement>) => void;
  busy: boolean;
  /** What is to be said above the form. */
  problem: string | undefined;
}

/**
 * useSubmit sends a form. What the API finds wrong stands beside the fields, or
 * above the form. An error that `expected` takes care of is not shown.
 */
export function useSubmit<V extends object, T>(
  form: UseFormReturnType<V>,
  send: (values: V) => Promise<T>,
  done: (result: T, values: V) => unknown,
  expected: (error: unknown) => boolean = () => false,
): Submit {
  const t = useTexts(common);
  const sent = useMutation({
    mutationFn: async (values: V): Promise<string | undefined> => {
      let result: T;
      try {
        result = await send(values);
      } catch (error) {
        return expected(error) ? undefined : placeErrors(form, error, t.errors);
      }
      await done(result, values);
      return undefined;
    },
  });
  return { onSubmit: form.onSubmit((values) => { sent.mutate(values); }), busy: sent.isPending, problem: sent.data };
}
