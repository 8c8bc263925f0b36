package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
)

// claimLength is that of the code that a winner shows.
const claimLength = 8

const (
	sqlLockGames = `SELECT FROM games WHERE name = ANY ($1::text[]) ORDER BY id FOR UPDATE`

	sqlGames = `SELECT a.n, o.id, o.odds, o.per_phone, o.per_day, o.prizes, o.secret, ` + sqlWithin + `,
  cardinality(o.codes) > 0, a.code = ANY (o.folded), EXISTS (SELECT FROM draws d WHERE d.game = o.id AND d.code = a.code AND a.code <> ''),
  (SELECT count(*) FROM draws d WHERE d.game = o.id AND d.msisdn = a.msisdn),
  (SELECT count(*) FROM draws d WHERE d.game = o.id AND d.msisdn = a.msisdn AND d.at >= date_trunc('day', $1::timestamptz AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone)
FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[]) WITH ORDINALITY a(game, program, msisdn, code, n)
JOIN games o ON o.name = a.game AND o.program = a.program JOIN programs p ON p.id = o.program`

	sqlWon = `SELECT game, prize, count(*)::int FROM draws WHERE game = ANY ($1::int[]) AND prize <> '' GROUP BY game, prize`

	sqlDraw = `INSERT INTO draws (id, game, msisdn, short_code, code, prize, claim, proof, at)
SELECT *, $9 FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])`

	sqlUndraw = `DELETE FROM draws WHERE id = ANY ($1::bigint[])`
)

// game is a game as one ask finds it.
type game struct {
	id                         int32
	odds, perPhone, perDay     int
	prizes                     []programs.Prize
	secret                     []byte
	open, coded, known, played bool // is it open; are codes needed; is this one; was it drawn
	mine, today                int
}

func gameRow(g *game) []any {
	return []any{&g.id, &g.odds, &g.perPhone, &g.perDay, &g.prizes, &g.secret, &g.open, &g.coded, &g.known, &g.played, &g.mine, &g.today}
}

// drawn is the result of one draw.
type drawn struct {
	ask          inbox.Ask
	game         int32
	code         string
	prize        programs.Prize // without a name: lost
	claim, proof string
}

// draw answers asks "draw".
func draw(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	names, codes := says(asks, "game"), folded(says(asks, "code"))
	if err := tx.lock(ctx, sqlLockGames, names); err != nil {
		return nil, err
	}
	games, err := found(ctx, tx, asks, gameRow, sqlGames, now, names, param(asks, askProgram), param(asks, askPhone), codes)
	if err != nil {
		return nil, err
	}
	won, err := tx.won(ctx, games)
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	var draws []drawn
	for i, g := range games {
		if answers[i].Result = g.judge(won, codes[i], draws, &asks[i]); answers[i].Result != "ok" {
			continue
		}
		d := g.draw(won, codes[i], &asks[i])
		draws = append(draws, d)
		answers[i] = d.answer()
	}
	return answers, tx.insertDraws(ctx, now, draws)
}

// winnings count the prizes of games that are gone.
type winnings map[int32]map[string]int

func (tx *inboxTx) won(ctx context.Context, games []*game) (winnings, error) {
	won := winnings{}
	var ids []int32
	for _, g := range games {
		if g != nil && won[g.id] == nil {
			won[g.id] = map[string]int{}
			ids = append(ids, g.id)
		}
	}
	rows, err := tx.conn.Query(ctx, sqlWon, ids)
	if err != nil {
		return nil, err
	}
	var id int32
	var prize string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&id, &prize, &n}, func() error {
		won[id][prize] = n
		return nil
	})
	return won, err
}

// left is how many prizes of a game can still be won.
func (w winnings) left(g *game) (n int) {
	for i := range g.prizes {
		n += max(0, g.prizes[i].Count-w[g.id][g.prizes[i].Name])
	}
	return n
}

// judge says whether an ask may draw; before are the draws of the same round.
func (g *game) judge(won winnings, code string, before []drawn, a *inbox.Ask) string {
	if g == nil || !g.open || won.left(g) == 0 {
		return "over"
	}
	mine, today, played := g.mine, g.today, g.played
	for i := range before {
		if before[i].game != g.id {
			continue
		}
		played = played || code != "" && before[i].code == code
		if before[i].ask.Thread.Phone == a.Thread.Phone {
			mine, today = mine+1, today+1
		}
	}
	switch {
	case g.coded && !g.known:
		return "unknown"
	case g.coded && played, g.perPhone > 0 && mine >= g.perPhone, g.perDay > 0 && today >= g.perDay:
		return "limit"
	}
	return "ok"
}

// draw decides by the game's secret and the ask's id, so that it can be
// repeated by who knows the secret and guessed by nobody else.
func (g *game) draw(won winnings, code string, a *inbox.Ask) drawn {
	mac := hmac.New(sha256.New, g.secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(a.ID)))
	sum := mac.Sum(nil)
	d := drawn{ask: *a, game: g.id, proof: hex.EncodeToString(sum[16:24])}
	if g.coded {
		d.code = code
	}
	if binary.BigEndian.Uint64(sum)%uint64(g.odds) != 0 {
		return d
	}
	at := int(binary.BigEndian.Uint64(sum[8:]) % uint64(won.left(g)))
	for _, p := range g.prizes {
		if at -= max(0, p.Count-won[g.id][p.Name]); at < 0 {
			won[g.id][p.Name]++
			d.prize, d.claim = p, newCode("", claimLength)
			break
		}
	}
	return d
}

func (d *drawn) answer() dialogs.Answer {
	if d.prize.Name == "" {
		return dialogs.Answer{Result: "lost", Data: map[string]any{"proof": d.proof}}
	}
	return dialogs.Answer{Result: "ok", Data: map[string]any{"prize": d.prize.Title.In(d.ask.Language), "code": d.claim, "proof": d.proof}}
}

func (tx *inboxTx) insertDraws(ctx context.Context, now time.Time, draws []drawn) error {
	n := len(draws)
	if n == 0 {
		return nil
	}
	asks, games := make([]inbox.Ask, n), make([]int32, n)
	codes, prizes, claims, proofs := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, d := range draws {
		asks[i], games[i], codes[i], prizes[i], claims[i], proofs[i] = d.ask, d.game, d.code, d.prize.Name, d.claim, d.proof
	}
	return tx.lock(ctx, sqlDraw, param(asks, askID), games, param(asks, askPhone), param(asks, askCode), codes, prizes, claims, proofs, now)
}

func undraw(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlUndraw, param(asks, askID))
}
