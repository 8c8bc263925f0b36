package admin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
	"repartee/sms"
)

// once carries a request out once however often it comes with the same key: a
// repetition gets the answer of the first. do makes something under the id that
// it is given, and does no harm when it is called again with the same one, as it
// is after a crash. Without a key each request is one of its own.
func once[T any](ctx context.Context, s *Server, key string, request any, do func(id sms.ID) (T, error)) (T, error) {
	var out T
	id := s.NewID()
	if key == "" {
		return do(id)
	}
	doc, err := json.Marshal(request)
	if err != nil {
		return out, err
	}
	digest := sha256.Sum256(doc)
	first, err := s.Accounts.Begin(ctx, accounts.Request{Caller: visitOf(ctx).name(), Key: key, Digest: digest[:], ID: int64(id), At: s.Clock()})
	if err != nil {
		return out, err
	}
	if !bytes.Equal(first.Digest, digest[:]) {
		return out, huma.Error422UnprocessableEntity("this Idempotency-Key came with another request before: each request needs its own")
	}
	if first.Answer != nil {
		return out, json.Unmarshal(first.Answer, &out)
	}
	if out, err = do(sms.ID(first.ID)); err != nil {
		return out, err
	}
	if first.Answer, err = json.Marshal(out); err != nil {
		return out, err
	}
	return out, s.Accounts.Finish(ctx, first)
}
