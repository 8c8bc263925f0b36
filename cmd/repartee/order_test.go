package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"repartee/postgres/pgtest"
)

func TestOrderAndRedeem(t *testing.T) {
	url := pgtest.URL(t)
	t.Setenv("REPARTEE_DATABASE_URL", url)
	t.Setenv("REPARTEE_SECRET_KEY", strings.Repeat("5a", 32))
	ctx := context.Background()
	shop := filepath.Join(t.TempDir(), "shop.yaml")
	require.NoError(t, os.WriteFile(shop, []byte(`
programs:
  - {name: roma, brand: Roma, contact: "0800 111 222", country: FR, languages: [fr], time_zone: Europe/Paris}
offers:
  - {name: receipt, program: roma, title: Un ticket, amount: 2.50, printed: [AB-1234]}
`), 0o600))
	code, _, stderr := execute("apply", "-f", shop)
	require.Equal(t, exitOK, code, stderr)
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `INSERT INTO orders (id, program, number, msisdn, short_code, talk, place, address, note, lines, total, currency, state, placed_at, changed_at)
SELECT 9, id, 41, 33612345678, 36111, 5, '', '2 rue X', '', '[{"item": "Reine", "quantity": 2, "chosen": {"size": "grande"}}]', 2800, 'EUR', 'placed', now(), now() FROM programs`)
	require.NoError(t, err)

	code, stdout, stderr := execute("order", "list", "--program", "roma")
	require.Equal(t, exitOK, code, stderr)
	require.Regexp(t, `(?m)^roma +41 +placed .* 336…78 +2 Reine grande +28\.00 EUR +2 rue X`, stdout)
	require.NotContains(t, stdout, "33612345678")
	code, _, stderr = execute("order", "accept", "roma", "41", "--minutes", "20", "--by", "lucie")
	require.Equal(t, exitOK, code, stderr)
	code, _, stderr = execute("order", "accept", "roma", "41")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "order 41 is accepted")
	code, _, _ = execute("order", "done", "roma", "x")
	require.Equal(t, exitUsage, code)

	code, stdout, stderr = execute("redeem", "ab 1234", "--till", "till 1")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "good: offer receipt of roma\ntitle: Un ticket\nworth: 2.50 EUR\n", stdout)
	code, _, stderr = execute("redeem", "AB-1234")
	require.Equal(t, exitFailure, code)
	require.Contains(t, stderr, "by till 1")
}
