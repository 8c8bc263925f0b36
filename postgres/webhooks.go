package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"repartee/programs"
	"repartee/programs/secret"
)

const webhookColumns = `name url timeout tries private`

func webhookFields(w *programs.Webhook) []any {
	return []any{&w.Name, &w.URL, &w.Timeout, &w.Tries, &w.Private}
}

func readWebhooks(ctx context.Context, tx pgx.Tx, sealer *secret.Sealer) ([]*programs.Webhook, error) {
	sealed := map[*programs.Webhook]*[]byte{}
	webhooks, err := configRows(ctx, tx, `SELECT secret, `+selected(webhookColumns)+` FROM webhooks ORDER BY name`,
		func(w *programs.Webhook) []any {
			sealed[w] = new([]byte)
			return append([]any{sealed[w]}, webhookFields(w)...)
		})
	if err != nil {
		return nil, err
	}
	for _, w := range webhooks {
		if w.Secret, err = sealer.Open(*sealed[w], secretPlace(w.Name)); err != nil {
			return nil, fmt.Errorf("webhook %s: %w", w.Name, err)
		}
	}
	return webhooks, nil
}

func writeWebhook(ctx context.Context, tx pgx.Tx, sealer *secret.Sealer, w *programs.Webhook) error {
	sealed, err := sealer.Seal(w.Secret, secretPlace(w.Name))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsert("webhooks", webhookColumns+" secret secret_key"), append(webhookFields(w), sealed, sealer.KeyID())...)
	return err
}

// secretPlace binds a sealed secret to its webhook.
func secretPlace(webhook string) string { return "webhooks.secret/" + webhook }
