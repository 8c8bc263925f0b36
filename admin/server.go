package admin

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"

	"repartee/accounts"
	"repartee/endpoints"
	"repartee/programs"
	"repartee/sms"
	"repartee/views"
)

// Options connect the API to the rest of the gateway.
type Options struct {
	Accounts accounts.Store
	Config   Config
	Messages Messages
	Inputs   Inputs
	Handoffs views.Handoffs
	Reviews  views.Reviews
	Orders   views.Orders
	Consents views.Consents
	Explain  views.Explanations
	Live     views.Live
	Lists    views.Lists
	Links    views.Links
	// Endpoints are those that are told what happens.
	Endpoints endpoints.Store
	// Simulators are the simulated carriers of the demo; nil: there are none.
	Simulators Simulators
	NewID      func() sms.ID
	// Snapshot is the configuration in force on this node.
	Snapshot func() *programs.Snapshot
	Clock    func() time.Time
	Log      *zap.Logger
	Version  string // of the program
	// URL is how people reach the API, without a slash at the end; links that
	// are sent begin with it. Cookies are for HTTPS only if it is.
	URL string
	// OIDC is the provider that people may sign in with; nil: none.
	OIDC *OIDC
	// Heartbeat is how often a stream of events shows that it stands; 0: 15 s.
	Heartbeat time.Duration
}

// Server is the API. It is safe for concurrent use.
type Server struct {
	Options
	http.Handler
	api      huma.API
	limits   *limits
	hub      *hub
	provider *provider
	hashings chan struct{} // a password takes 64 MiB to check

	workshops workshops
}

// prefix is where the routes are.
const prefix = "/api/v1"

// New builds the API.
func New(o Options) *Server {
	s := &Server{Options: o, limits: newLimits(o.Clock), hashings: make(chan struct{}, 2), workshops: workshops{config: o.Config}, hub: newHub(&o), provider: newProvider(&o)}
	router := chi.NewRouter()
	router.NotFound(s.notFound)
	router.MethodNotAllowed(s.notAllowed)
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(s.foreign))
	router.Use(s.receive, foreign.Handler, s.identify)
	config := huma.DefaultConfig("Repartee", o.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "/api/openapi", "", "", nil
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "the key of a program, made under Settings or with `repartee key add`"},
		"session": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "a person who signed in"},
	}
	s.api = humachi.New(router, config)
	s.api.UseMiddleware(s.authorize)
	for _, r := range s.routes() {
		r.register(s.api)
	}
	router.Get("/api/docs", s.manual)
	s.Handler = router
	return s
}

// OpenAPI is the document of the API.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

// Drain ends the streams of events, which else would never end.
func (s *Server) Drain() { s.hub.close() }
