import { Button, List, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError } from "../../api/client";
import { common, useTexts } from "../../i18n";
import { confirm } from "../confirm";
import { messageOf, sentence } from "../errors";
import { deleteObject } from "./api";
import { retired, type Kind } from "./kinds";
import { texts } from "./texts";

/** Delete deletes an object, or tells what still needs it. */
export function Delete({ kind, name, etag, done }: { kind: Kind; name: string; etag: string; done: () => void }) {
  const t = useTexts(texts);
  const c = useTexts(common);
  const client = useQueryClient();
  const [users, setUsers] = useState<string[]>();
  const what = `${t.one[kind]} ${name}`;
  const act = useMutation({
    mutationFn: () => deleteObject(kind, name, etag),
    onSuccess: async () => {
      notifications.show({ color: "teal", message: t.deleted(what) });
      done();
      await client.invalidateQueries({ predicate: ({ queryKey: [first] }) => first === "/objects" || first === "/problems" });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 409) setUsers(error.errors.map((e) => sentence(e.message ?? "")));
      else notifications.show({ color: "red", title: c.errors.title, message: messageOf(error, c.errors) });
    },
  });
  const ask = async () => {
    const text = retired.includes(kind) ? t.retireText(what) : t.deleteText(what);
    if (await confirm({ title: t.deleteOf(what), text, confirm: t.delete, cancel: c.cancel, danger: true })) act.mutate();
  };
  return (
    <>
      <Button variant="default" c="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} loading={act.isPending} onClick={() => void ask()}>
        {t.delete}
      </Button>
      <Modal opened={users !== undefined} onClose={() => { setUsers(undefined); }} title={t.inUse(what)}>
        <Stack>
          <Text>{t.inUseText}</Text>
          <List size="sm">{users?.map((user) => <List.Item key={user}>{user}</List.Item>)}</List>
        </Stack>
      </Modal>
    </>
  );
}
