package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/pquerna/otp/totp"
)

// The bounds of a password in characters (NIST SP 800-63B, 3.1.1.2: a minimum
// length and no rules of composition).
const (
	minPassword = 12
	maxPassword = 200
)

// hashing is argon2id as RFC 9106 (4, second choice) recommends it where memory
// is dear: 64 MiB, three passes.
var hashing = &argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}

// HashPassword returns what is stored of a password.
func HashPassword(password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return "", fmt.Errorf("the password has %d characters: use at least %d, such as four words", n, minPassword)
	case n > maxPassword:
		return "", fmt.Errorf("the password is longer than %d characters", maxPassword)
	}
	return argon2id.CreateHash(password, hashing)
}

// CheckPassword reports whether a password is that of the hash. It takes as
// long for a hash that is empty, so that nobody can tell who has an account.
func CheckPassword(password, hash string) bool {
	known := hash != ""
	if !known {
		hash = nobody
	}
	if utf8.RuneCountInString(password) > maxPassword {
		return false
	}
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	return err == nil && same && known
}

// nobody is the hash of a password that nobody has.
const nobody = "$argon2id$v=19$m=65536,t=3,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Token is a secret that is shown once: of a session, a key, a link.
type Token string

// NewToken makes a token with 160 random bits behind a prefix that says what it
// is for, so that scanners of leaked secrets can find it.
func NewToken(prefix string) Token {
	b := make([]byte, 20)
	rand.Read(b) // never fails
	return Token(prefix + strings.ToLower(base32.StdEncoding.EncodeToString(b)))
}

// Hash is what is stored of a token. A fast hash is enough for a secret that
// nobody chose.
func (t Token) Hash() []byte {
	sum := sha256.Sum256([]byte(t))
	return sum[:]
}

// NewTOTP makes the secret of a second factor (RFC 6238) and the URL that an
// authenticator app reads as a QR code.
func NewTOTP(account string) (secret, url string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Repartee", AccountName: account})
	if err != nil {
		return "", "", err
	}
	return key.Secret(), key.URL(), nil
}

// CheckTOTP reports whether a code is that of the secret at the moment, or half
// a minute around it, and its time step. A step that is not after `last` was
// used before and is refused (RFC 6238, 5.2).
func CheckTOTP(code, secret string, last int64, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	for _, at := range []time.Time{now, now.Add(-totpPeriod), now.Add(totpPeriod)} {
		want, err := totp.GenerateCode(secret, at)
		if err != nil {
			return 0, false
		}
		step = at.Unix() / int64(totpPeriod/time.Second)
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > last {
			return step, true
		}
	}
	return 0, false
}

const totpPeriod = 30 * time.Second

// recoveryCodes is how many codes replace a lost second factor, each once.
const recoveryCodes = 10

// NewRecoveryCodes makes the codes that a person keeps on paper.
func NewRecoveryCodes() []Token {
	codes := make([]Token, recoveryCodes)
	for i := range codes {
		t := NewToken("")
		codes[i] = t[:5] + "-" + t[5:10]
	}
	return codes
}

// ErrThrottled says that an account has failed too often lately.
var ErrThrottled = errors.New("too many attempts: wait a minute and try again")

// Throttle says when an account that has failed so often may be tried again:
// at once for the first five, then after a minute that doubles, to an hour.
func Throttle(failed int, last time.Time) time.Time {
	if failed < 5 {
		return time.Time{}
	}
	return last.Add(min(time.Minute<<min(failed-5, 6), time.Hour))
}
