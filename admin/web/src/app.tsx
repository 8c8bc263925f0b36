import { MantineProvider, MantineThemeProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ApiError, onSignedOut } from "./api/client";
import { signedOutNow } from "./api/session";
import { common, I18nProvider, useTexts } from "./i18n";
import { theme, variables } from "./theme";

/** newClient keeps what was read. Refusals are final; only what may pass is tried again. */
export function newClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status === 503),
      },
    },
  });
  onSignedOut(() => { signedOutNow(client); });
  return client;
}

/** Providers are what every part of the UI stands on. */
export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  return (
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <I18nProvider>
          <Named>
            <ModalsProvider>
              <Notifications position="bottom-right" />
              {children}
            </ModalsProvider>
          </Named>
        </I18nProvider>
      </MantineProvider>
    </QueryClientProvider>
  );
}

/** Named gives the cross of each dialog its name in the language of the UI. */
function Named({ children }: { children: ReactNode }) {
  const t = useTexts(common);
  const named = { defaultProps: { closeButtonProps: { "aria-label": t.close } } };
  return (
    <MantineThemeProvider inherit theme={{ components: { Modal: named, Drawer: named } }}>
      {children}
    </MantineThemeProvider>
  );
}
