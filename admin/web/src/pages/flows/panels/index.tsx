import { Modal, Text } from "@mantine/core";

interface PhoneProps { source: string; program: string | undefined; onKeepGolden: (script: string) => void }
interface PublishProps { name: string; opened: boolean; onClose: () => void; onPublished: () => void; dirty: boolean }
interface VersionsProps { name: string; source: string; onRestore: (source: string) => void }
interface TextsProps { source: string; onChange: (source: string) => void }

export const PhonePanel = ({ source }: PhoneProps) => <Text p="md" size="sm">{source.length}</Text>;
export const PublishDialog = ({ name, opened, onClose }: PublishProps) => <Modal opened={opened} onClose={onClose} title={name} />;
export const VersionsPanel = ({ name }: VersionsProps) => <Text p="md" size="sm">{name}</Text>;
export const TextsTable = ({ source }: TextsProps) => <Text p="md" size="sm">{source.length}</Text>;
