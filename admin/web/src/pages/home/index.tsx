import { Alert, Stack } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api } from "../../api/client";
import { every } from "../../api/live";
import type { Home as Doc } from "../../api/types";
import { ErrorState, Page, Skeletons } from "../../components";
import { useTexts } from "../../i18n";
import { Chart } from "./Chart";
import { Figures } from "./Figures";
import classes from "./home.module.css";
import { Part } from "./Part";
import { Rules } from "./Rules";
import { Standing } from "./Standing";
import { texts } from "./texts";
import { Waiting } from "./Waiting";

/** Home tells whether everything is well, and what is not. */
export default function Home() {
  const t = useTexts(texts);
  const { data, error, refetch } = useQuery({ queryKey: ["/home"], queryFn: ({ signal }) => api.get<Doc>("/home", { signal }), refetchInterval: every.home });
  return (
    <Page title={t.title} description={t.description}>
      {!data && (error ? <ErrorState error={error} retry={() => void refetch()} /> : <Skeletons count={4} height={160} gap={16} />)}
      {data && (
        <Stack>
          {error && <Alert color="yellow" icon={<IconPlugConnectedX size={18} />}>{t.stale}</Alert>}
          <Standing home={data} />
          <div className={classes.grid}>
            <Part title={t.traffic} note={t.perMinute} wide>
              <Chart minutes={data.minutes} />
            </Part>
            <Part title={t.figures}>
              <Figures hour={data.hour} day={data.day} />
            </Part>
            <Waiting waiting={data.waiting} />
            <Part title={t.rules} wide>
              <Rules hour={data.hour} day={data.day} />
            </Part>
          </div>
        </Stack>
      )}
    </Page>
  );
}
