// Package secret seals the few values of the configuration that the database
// may hold but nobody who reads it may know: the carriers' passwords.
//
// It owns the form of a sealed value and the derivation of the key from
// REPARTEE_SECRET_KEY. It imports nothing of this module and does no I/O. A
// value that was sealed with another key, or moved from another row, does not
// open; the error says which of the two to look for.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// A sealed value is: form (1 octet), key id (4), nonce (12), ciphertext, tag (16).
const (
	form      = 1
	keyIDSize = 4
	nonceSize = 12
)

// minKey is the shortest key accepted, in octets.
const minKey = 16

// Sealer seals and opens values under one key. It is safe for concurrent use.
type Sealer struct {
	aead cipher.AEAD
	id   [keyIDSize]byte
}

// New makes a sealer from the octets of REPARTEE_SECRET_KEY, of which it
// derives an AES-256 key and a key id by HKDF-SHA-256 (RFC 5869).
func New(key []byte) (*Sealer, error) {
	if len(key) < minKey {
		return nil, fmt.Errorf("REPARTEE_SECRET_KEY is shorter than %d octets: make one with `openssl rand -hex 32`", minKey)
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "repartee sealed values v1", 32+keyIDSize)
	if err != nil {
		return nil, fmt.Errorf("derive the sealing key: %w", err)
	}
	block, err := aes.NewCipher(derived[:32])
	if err != nil {
		return nil, fmt.Errorf("derive the sealing key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("derive the sealing key: %w", err)
	}
	s := &Sealer{aead: aead}
	copy(s.id[:], derived[32:])
	return s, nil
}

// KeyID names the key in errors and in the database; it tells nothing of it.
func (s *Sealer) KeyID() string { return hex.EncodeToString(s.id[:]) }

// Seal encrypts a value with AES-256-GCM under a fresh nonce. The place, such
// as "carriers.password/orange", must be given again to open it, so that a
// sealed value cannot be moved to another row.
func (s *Sealer) Seal(value, place string) ([]byte, error) {
	sealed := make([]byte, 1+keyIDSize+nonceSize, 1+keyIDSize+nonceSize+len(value)+s.aead.Overhead())
	sealed[0] = form
	copy(sealed[1:], s.id[:])
	nonce := sealed[1+keyIDSize:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal %s: %w", place, err)
	}
	return s.aead.Seal(sealed, nonce, []byte(value), []byte(place)), nil
}

// Open decrypts a value that Seal made for the same place.
func (s *Sealer) Open(sealed []byte, place string) (string, error) {
	if len(sealed) < 1+keyIDSize+nonceSize || sealed[0] != form {
		return "", fmt.Errorf("open %s: this is not a sealed value", place)
	}
	if id := hex.EncodeToString(sealed[1 : 1+keyIDSize]); id != s.KeyID() {
		return "", fmt.Errorf("open %s: it was sealed with the key %s, REPARTEE_SECRET_KEY is the key %s: start with the former key, or apply the carrier again with its password", place, id, s.KeyID())
	}
	nonce := sealed[1+keyIDSize : 1+keyIDSize+nonceSize]
	value, err := s.aead.Open(nil, nonce, sealed[1+keyIDSize+nonceSize:], []byte(place))
	if err != nil {
		return "", errors.New("open " + place + ": the sealed value was changed or moved: apply the carrier again with its password")
	}
	return string(value), nil
}
