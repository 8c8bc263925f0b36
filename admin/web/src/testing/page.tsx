import { render } from "@testing-library/react";
import type { ComponentType } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";

import { newClient, Providers } from "../app";
import type { Me, Right } from "../api/types";
import { sessionQuery } from "../api/session";

const all: Right[] = ["read", "see-phones", "edit", "answer", "send", "change-people", "operate", "audit", "administer"];

/** somebody is who is signed in in a test. */
export const somebody = (...rights: Right[]): Me => ({ name: "Ann", email: "ann@example.com", role: "owner", rights, programs: [], totp: false, version: "test" });

/** showPage shows a page of the navigation at an address below its path, to somebody with these rights. */
export function showPage(Content: ComponentType, path: string, at = path, rights: Right[] = all) {
  const client = newClient();
  client.setQueryData(sessionQuery.queryKey, somebody(...rights));
  const router = createMemoryRouter([{ path: `${path}/*`, element: <Content /> }, { path: "*", element: <p>elsewhere</p> }], { initialEntries: [at] });
  render(<Providers client={client}><RouterProvider router={router} /></Providers>);
  return router;
}
