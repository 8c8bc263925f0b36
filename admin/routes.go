package admin

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
)

// Not a right, but who needs none.
const (
	anyone   accounts.Right = "anyone"
	signedIn accounts.Right = "signed-in" // whoever is known, whatever the role
)

// route is one way into the API, and what it takes to go it.
type route struct {
	method, path string
	right        accounts.Right
	summary      string
	add          func(huma.API, huma.Operation)
}

// routes is the table of all routes.
func (s *Server) routes() []route {
	return []route{
		{get, "/setup", anyone, "Tell whether the first owner is still to be made, and how people sign in", on(s, s.setupNeeded)},
		{post, "/setup", anyone, "Make the first owner, with the link that the first run printed", on(s, s.setUp)},
		{post, "/links", anyone, "Choose a password, with the link of an invitation", on(s, s.takeUpLink)},

		{post, "/session", anyone, "Sign in", on(s, s.signIn)},
		{get, "/session", signedIn, "Tell who is signed in", on(s, s.whoAmI)},
		{del, "/session", signedIn, "Sign out", on(s, s.signOut)},
		{get, "/session/oidc", anyone, "Sign in with OpenID Connect", lacking(redirecting(on(s, s.goToProvider)))},
		{get, "/session/oidc/callback", anyone, "Come back from the provider", lacking(redirecting(on(s, s.comeFromProvider)))},

		{put, "/me/password", signedIn, "Change the own password", on(s, s.changePassword)},
		{post, "/me/totp", signedIn, "Begin to use a second factor", on(s, s.beginTOTP)},
		{put, "/me/totp", signedIn, "Use the second factor from now on", on(s, s.confirmTOTP)},
		{del, "/me/totp", signedIn, "Use no second factor any more", on(s, s.dropTOTP)},
		{get, "/me/sessions", signedIn, "List the own sessions", on(s, s.listSessions)},
		{del, "/me/sessions/{id}", signedIn, "End one of the own sessions, or all others", on(s, s.endSession)},

		{get, "/users", accounts.Administer, "List the people", on(s, s.listUsers)},
		{post, "/users", accounts.Administer, "Invite somebody", on(s, s.inviteUser)},
		{patch, "/users/{id}", accounts.Administer, "Change somebody's name, role or programs", on(s, s.changeUser)},
		{post, "/users/{id}/link", accounts.Administer, "Make a link for a new password", on(s, s.linkUser)},

		{get, "/keys", accounts.Administer, "List the keys of programs", on(s, s.listKeys)},
		{post, "/keys", accounts.Administer, "Make a key", on(s, s.addKey)},
		{del, "/keys/{id}", accounts.Administer, "Revoke a key", on(s, s.revokeKey)},

		{get, "/home", accounts.Read, "Tell how the gateway does: carriers, figures, what waits, what is unusual", on(s, s.showHome)},
		{get, "/carriers", accounts.Read, "List the carriers with their binds as they are now", on(s, s.listCarriers)},
		{get, "/carriers/{name}/pdus", accounts.Operate, "Show the newest PDUs of a carrier, without what they say", on(s, s.showTraffic)},
		{post, "/carriers/{name}/pause", accounts.Operate, "Submit nothing to a carrier: messages wait", on(s, s.pauseCarrier)},
		{post, "/carriers/{name}/resume", accounts.Operate, "Let a paused carrier go on", on(s, s.resumeCarrier)},
		{post, "/carriers/{name}/rebind", accounts.Operate, "Drain a carrier and bind it anew", on(s, s.rebindCarrier)},

		{get, "/objects/{kind}", accounts.Read, "List the configuration objects of a kind", on(s, s.listObjects)},
		{get, "/objects/{kind}/{key}", accounts.Read, "Show a configuration object", on(s, s.showObject)},
		{put, "/objects/{kind}/{key}", accounts.Edit, "Make or change a configuration object", on(s, s.putObject)},
		{del, "/objects/{kind}/{key}", accounts.Edit, "Delete a configuration object", on(s, s.deleteObject)},
		{get, "/problems", accounts.Read, "List what is wrong with the configuration as it is, and what may not be meant so", on(s, s.listProblems)},
		{get, "/schemas/{kind}", accounts.Read, "Show the JSON Schema of a kind", on(s, s.showSchema)},
		{get, "/export", accounts.Operate, "Export the configuration as a file of repartee apply", writing("application/yaml", on(s, s.exportConfig))},
		{post, "/apply", accounts.Operate, "Apply a file of configuration objects", on(s, s.applyConfig)},

		{get, "/flows", accounts.Read, "List the flows", on(s, s.listFlows)},
		{get, "/flows/templates", accounts.Read, "List the flows to begin a new one with", on(s, s.listTemplates)},
		{get, "/flows/templates/{name}", accounts.Read, "Show the source of a template", on(s, s.showTemplate)},
		{get, "/flows/{name}", accounts.Read, "Show a flow as it is edited, and its versions", on(s, s.showFlow)},
		{get, "/flows/{name}/versions/{version}", accounts.Read, "Show the source of a version", on(s, s.showRelease)},
		{put, "/flows/{name}/draft", accounts.Edit, "Keep a draft", on(s, s.keepDraft)},
		{post, "/flows/{name}/publish", accounts.Edit, "Publish the draft, or an earlier version again", on(s, s.publishFlow)},
		{put, "/flows/{name}/pin", accounts.Edit, "Let new conversations begin on a version", on(s, s.pinFlow)},
		{get, "/flows/{name}/passages", accounts.Read, "Count the ways that people go through a flow, and what it does not understand", on(s, s.showPassages)},
		{post, "/flows/check", accounts.Read, "Check a draft: problems, states and ways, sizes of texts", on(s, s.checkDraft)},
		{post, "/flows/play", accounts.Read, "Play a draft, line by line", on(s, s.playDraft)},
		{post, "/flows/{name}/shadow", accounts.Edit, "Tell a draft what phones said lately, and compare its answers", on(s, s.shadowDraft)},
		{post, "/flows/test", accounts.Read, "Play the golden conversations of a draft", on(s, s.testDraft)},

		{get, "/messages", accounts.Read, "List messages, the newest first", on(s, s.listMessages)},
		{get, "/threads", accounts.Read, "List phones on short codes, who wrote last first", on(s, s.listThreads)},
		{get, "/threads/{short_code}/{ref}", accounts.Read, "Show the transcript of a phone on a short code", on(s, s.showThread)},
		{post, "/messages", accounts.Send, "Send a message, as far as the gate lets it pass", accepting(on(s, s.sendMessage))},
		{post, "/flows/{name}/start", accounts.Send, "Begin a conversation with a phone", accepting(on(s, s.startFlow))},
		{post, "/events", accounts.Send, "Tell conversations that something happened", accepting(on(s, s.raiseEvent))},
		{get, "/events", accounts.Read, "Be told what happens, as server-sent events", streaming(on(s, s.listenToEvents))},

		{get, "/handoffs", accounts.Answer, "List the conversations that wait for a person, or have one", on(s, s.listHandoffs)},
		{get, "/handoffs/{conversation}", accounts.Answer, "Show one with its texts", on(s, s.showHandoff)},
		{post, "/handoffs/{conversation}/answer", accounts.Answer, "Send a text to the phone; the first one takes the conversation", on(s, s.answerHandoff)},
		{post, "/handoffs/{conversation}/return", accounts.Answer, "Hand a conversation back to its flow", on(s, s.returnHandoff)},
		{get, "/orders", accounts.Answer, "List the orders, the oldest first", on(s, s.listOrders)},
		{post, "/orders/{program}/{number}/{state}", accounts.Answer, "Move an order on", on(s, s.changeOrder)},
		{post, "/coupons/redeem", accounts.Answer, "Use a coupon at a till, once", lacking(on(s, s.redeemCoupon))},

		{get, "/explain/inbound", accounts.Read, "Say what a text means, and where it goes", on(s, s.explainInbound)},
		{get, "/explain/outbound", accounts.Read, "Say whether a message may go, and when", on(s, s.explainOutbound)},

		{get, "/reviews", accounts.ChangePeople, "List the readings that a person should look at", on(s, s.listReviews)},
		{post, "/reviews/{id}/{decision}", accounts.ChangePeople, "Keep a reading, or undo what it did", on(s, s.decideReview)},

		{get, "/consents/{msisdn}", accounts.SeePhones, "Show what a phone agreed to and refused, with its ledger", on(s, s.showConsents)},
		{get, "/suppressions", accounts.ChangePeople, "List who must not be written to, the newest entry first", on(s, s.listSuppressions)},
		{post, "/suppressions", accounts.ChangePeople, "Stop a phone, for a refusal that came another way", on(s, s.addSuppression)},
		{post, "/suppressions/{msisdn}/lift", accounts.ChangePeople, "Take a phone off the suppression list", on(s, s.liftSuppression)},
		{post, "/suppressions/import", accounts.ChangePeople, "Import suppressions from CSV", importing(on(s, s.importSuppressions))},
		{get, "/suppressions/export", accounts.ChangePeople, "Export the suppression list as CSV", writing("text/csv", on(s, s.exportSuppressions))},
		{get, "/contacts", accounts.SeePhones, "List people by their phones", on(s, s.listContacts)},
		{get, "/contacts/{msisdn}", accounts.SeePhones, "Show a person", on(s, s.showContact)},
		{put, "/contacts/{msisdn}", accounts.ChangePeople, "Make or change a person", on(s, s.saveContact)},
		{post, "/contacts/import", accounts.ChangePeople, "Import contacts and their consents from CSV", importing(on(s, s.importContacts))},
		{get, "/contacts/{msisdn}/export", accounts.ChangePeople, "Export everything stored about a phone", on(s, s.exportContact)},
		{post, "/contacts/{msisdn}/erase", accounts.ChangePeople, "Erase everything about a phone but its refusals", on(s, s.eraseContact)},

		{get, "/endpoints", accounts.Operate, "List the event endpoints", on(s, s.listEndpoints)},
		{post, "/endpoints", accounts.Operate, "Make an event endpoint; its secret is shown once", on(s, s.addEndpoint)},
		{get, "/endpoints/{id}", accounts.Operate, "Show an event endpoint", on(s, s.showEndpoint)},
		{patch, "/endpoints/{id}", accounts.Operate, "Change, disable or enable an event endpoint", on(s, s.changeEndpoint)},
		{del, "/endpoints/{id}", accounts.Operate, "Remove an event endpoint and its log", on(s, s.removeEndpoint)},
		{post, "/endpoints/{id}/secret", accounts.Operate, "Make another secret, shown once; the one before signs for a day more", on(s, s.rotateSecret)},
		{post, "/endpoints/{id}/ping", accounts.Operate, "Send a test event, once", accepting(on(s, s.pingEndpoint))},
		{post, "/endpoints/{id}/replay", accounts.Operate, "Send again what failed since a moment", accepting(on(s, s.replayFailed))},
		{get, "/endpoints/{id}/deliveries", accounts.Operate, "List what an endpoint was told, the newest first", on(s, s.listDeliveries)},
		{get, "/endpoints/{id}/deliveries/{delivery}", accounts.Operate, "Show a delivery with its payload", on(s, s.showDelivery)},
		{post, "/endpoints/{id}/deliveries/{delivery}/replay", accounts.Operate, "Send an event again", accepting(on(s, s.replayDelivery))},
		{get, "/phones", accounts.Send, "List the simulated carriers of the demo, with phones to begin with", lacking(on(s, s.listSimulators))},
		{post, "/phones/{msisdn}/messages", accounts.Send, "Text a short code from a virtual phone", on(s, s.textFromPhone)},
		{get, "/phones/{msisdn}/messages", accounts.Send, "List what a virtual phone sent and received", on(s, s.phoneTranscript)},

		{get, "/settings/retention", accounts.Operate, "Tell how long messages are kept", on(s, s.showRetention)},
		{put, "/settings/retention", accounts.Operate, "Change how long messages are kept", on(s, s.setRetention)},

		{get, "/programs/{program}/audit-pack", accounts.Audit, "Show what phones agree to, how they stop, and the proof", on(s, s.showAuditPack)},
		{get, "/audit", accounts.Audit, "List who changed what, the newest first", on(s, s.listAudit)},
	}
}

const (
	get   = http.MethodGet
	post  = http.MethodPost
	put   = http.MethodPut
	patch = http.MethodPatch
	del   = http.MethodDelete
)

// rightKey is where an operation has its right.
const rightKey = "right"

// register makes the route known with all that follows from its line.
func (r *route) register(api huma.API) {
	words := strings.FieldsFunc(r.path, func(c rune) bool { return strings.ContainsRune("/{}_", c) })
	op := huma.Operation{
		Method: r.method, Path: prefix + r.path, Summary: r.summary, Tags: words[:1],
		OperationID: strings.ToLower(r.method) + "-" + strings.Join(words, "-"),
		Metadata:    map[string]any{rightKey: r.right},
		Errors:      r.problems(),
	}
	if r.right != anyone {
		op.Security = []map[string][]string{{"key": {}}, {"session": {}}}
		op.Description = "Needs the right `" + string(r.right) + "`."
	}
	if r.right == signedIn {
		op.Description = "For whoever is signed in."
	}
	r.add(api, op)
}

// problems are the statuses that such a route may answer with when it cannot
// do what it is asked.
func (r *route) problems() []int {
	all := []int{http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if r.right != anyone || r.method != get {
		all = append(all, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(r.path, "{") {
		all = append(all, http.StatusNotFound)
	}
	if r.method != get {
		all = append(all, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	return all
}

// on makes an operation of a method whose errors become problems.
func on[I, O any](s *Server, f func(context.Context, *I) (*O, error)) func(huma.API, huma.Operation) {
	return func(api huma.API, op huma.Operation) {
		if _, edits := reflect.TypeFor[I]().FieldByName("IfMatch"); edits {
			op.Errors = append(op.Errors, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
		}
		huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
			out, err := f(ctx, in)
			if err != nil {
				return nil, s.problem(ctx, err)
			}
			return out, nil
		})
	}
}

// accepting answers 202: what was asked for happens later.
func accepting(add func(huma.API, huma.Operation)) func(huma.API, huma.Operation) {
	return func(api huma.API, op huma.Operation) {
		op.DefaultStatus = http.StatusAccepted
		add(api, op)
	}
}

// lacking answers 404 for what no path names: a coupon that there is not, or
// what the gateway was not set up for.
func lacking(add func(huma.API, huma.Operation)) func(huma.API, huma.Operation) {
	return func(api huma.API, op huma.Operation) {
		op.Errors = append(op.Errors, http.StatusNotFound)
		add(api, op)
	}
}

// writing answers with a file of a kind.
func writing(kind string, add func(huma.API, huma.Operation)) func(huma.API, huma.Operation) {
	return func(api huma.API, op huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
		add(api, op)
	}
}

// importing lets an operation read a large file, in its time.
func importing(add func(huma.API, huma.Operation)) func(huma.API, huma.Operation) {
	return func(api huma.API, op huma.Operation) {
		op.MaxBodyBytes, op.BodyReadTimeout = maxImport, time.Minute
		add(api, op)
	}
}

// answer is an operation's output of one JSON document.
type answer[T any] struct{ Body T }

// nothing is the input of an operation without one.
type nothing struct{}
