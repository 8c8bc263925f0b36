export { starting } from "./phone/lines";
export { PhonePanel } from "./phone/PhonePanel";
export { PublishDialog } from "./publish/PublishDialog";
export { TextsTable } from "./texts/TextsTable";
export { VersionsPanel } from "./versions/VersionsPanel";
