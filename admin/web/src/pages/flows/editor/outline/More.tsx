import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { Fragment, useState, type ReactNode } from "react";

/** Deed is something that can be done to a part of the flow. */
export interface Deed {
  label: string;
  icon?: ReactNode;
  act: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** A line stands above it. */
  apart?: boolean;
}

interface MoreProps {
  label: string;
  deeds: () => (Deed | false | undefined)[];
  /** What to press instead of the dots. */
  button?: (open: () => void) => ReactNode;
}

/** More opens a menu, which is made when it is first opened: a flow has hundreds. */
export function More({ label, deeds, button }: MoreProps) {
  const [opened, setOpened] = useState(false);
  const open = () => { setOpened(true); };
  const target = button ? button(open) : (
    <ActionIcon variant="subtle" color="gray" size={24} aria-label={label} aria-haspopup="menu" aria-expanded={opened} onClick={open}>
      <IconDots size={16} />
    </ActionIcon>
  );
  if (!opened) return target;
  return (
    <Menu opened onChange={setOpened} position="bottom-end" withinPortal trapFocus returnFocus>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        {deeds().filter((d) => d !== false && d !== undefined).map((d) => (
          <Fragment key={d.label}>
            {d.apart && <Menu.Divider />}
            <Menu.Item leftSection={d.icon} disabled={d.disabled ?? false} {...(d.danger && { color: "red" })} onClick={d.act}>
              {d.label}
            </Menu.Item>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
