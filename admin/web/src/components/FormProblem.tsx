import { Alert } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";

/** FormProblem says above a form what no field of it says. */
export function FormProblem({ problem }: { problem: string | undefined }) {
  if (!problem) return null;
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertCircle size={18} />}>
      {problem}
    </Alert>
  );
}
