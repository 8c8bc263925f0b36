import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";

import { common, useTexts } from "../i18n";
import { messageOf } from "./errors";

/** useAction does something that no form is for, and says when it fails. */
export function useAction<V, T>(act: (value: V) => Promise<T>, done?: (result: T, value: V) => unknown) {
  const t = useTexts(common);
  return useMutation({
    mutationFn: act,
    onSuccess: async (result, value) => {
      await done?.(result, value);
    },
    onError: (error) => {
      notifications.show({ color: "red", title: t.errors.title, message: messageOf(error, t.errors), autoClose: 8000 });
    },
  });
}
