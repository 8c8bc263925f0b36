import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";

interface Question {
  title: string;
  /** What will happen, and whether it can be taken back. */
  text: string;
  confirm: string;
  cancel: string;
  danger?: boolean;
}

/** confirm asks before something that cannot easily be taken back. */
export function confirm({ title, text, confirm, cancel, danger = false }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      children: <Text>{text}</Text>,
      labels: { confirm, cancel },
      confirmProps: danger ? { color: "red" } : {},
      onConfirm: () => { resolve(true); },
      onCancel: () => { resolve(false); },
      onClose: () => { resolve(false); },
    });
  });
}
