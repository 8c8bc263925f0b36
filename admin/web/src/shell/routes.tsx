import type { ComponentType } from "react";
import type { RouteObject } from "react-router";

import { Broken, Guarded, NotFound, SignedIn, Start, Waiting } from "./guards";
import { pages, type Entry } from "./pages";
import { Shell } from "./Shell";

const lazy = (load: () => Promise<{ default: ComponentType }>) => async () => ({ Component: (await load()).default });

/** routeOf makes the route of a page of the navigation: its own path and all below. */
function routeOf({ path, right, load }: Entry): RouteObject {
  return {
    path: `${path}/*`,
    ErrorBoundary: Broken,
    lazy: async () => {
      const Content = (await load()).default;
      return { Component: () => <Guarded right={right}><Content /></Guarded> };
    },
  };
}

/** routes are all addresses of the UI. Each page is loaded when it is first opened. */
export const routes: RouteObject[] = [
  {
    HydrateFallback: Waiting,
    ErrorBoundary: Broken,
    children: [
      { path: "/setup", lazy: lazy(() => import("../pages/setup")) },
      { path: "/signin", lazy: lazy(() => import("../pages/signin")) },
      { path: "/link", lazy: lazy(() => import("../pages/link")) },
      {
        element: <SignedIn><Shell /></SignedIn>,
        children: [
          { index: true, element: <Start /> },
          { path: "/account", ErrorBoundary: Broken, lazy: lazy(() => import("../pages/account")) },
          ...pages.map(routeOf),
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
];
