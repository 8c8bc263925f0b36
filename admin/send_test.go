package admin_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestSendingIsNarrowed: the key of a program writes from the short codes that
// it has words on, and begins its own flows.
func TestSendingIsNarrowed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(strings.Replace(twoShops, "short_codes:", `short_codes:
  - {number: "36222", country: FR, carriers: [sim], program: pizza}`, 1))
	owner := r.owner()
	key := owner.want(http.StatusOK, "POST", "/keys", obj{"name": "crm", "role": "manager", "programs": []string{"news"}})["key"].(string)
	crm := r.program(key)
	message := func(code, program string) obj {
		return obj{"short_code": code, "to": "33612345678", "text": "Hi", "class": "transactional", "program": program}
	}
	crm.want(http.StatusAccepted, "POST", "/messages", message("36111", "news"))
	crm.want(http.StatusForbidden, "POST", "/messages", message("36111", "pizza"))
	crm.want(http.StatusForbidden, "POST", "/messages", message("36222", "news"))
	owner.want(http.StatusAccepted, "POST", "/messages", message("36222", "news"))
	start := func(code string) obj { return obj{"short_code": code, "to": "33612345678", "program": "news"} }
	crm.want(http.StatusAccepted, "POST", "/flows/daily/start", start("36111"))
	crm.want(http.StatusForbidden, "POST", "/flows/daily/start", start("36222"))
	crm.want(http.StatusForbidden, "POST", "/flows/hello/start", start("36111"))
	crm.want(http.StatusForbidden, "POST", "/events", obj{"event": "paid", "short_code": "36111", "to": "33612345678"})
}
