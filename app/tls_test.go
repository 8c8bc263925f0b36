package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"repartee/smpp/smsc"
)

// authority is a certificate authority of a test, with its files.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // its certificate in PEM form
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	require.NoError(t, err)
	a.cert, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	a.file = a.write(name+".pem", "CERTIFICATE", der)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func (a *authority) write(name, kind string, der []byte) (file string) {
	a.t.Helper()
	file = filepath.Join(a.dir, name)
	require.NoError(a.t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return file
}

// issue makes a certificate for a name and returns the files of it and its key.
func (a *authority) issue(name string) (certFile, keyFile string) {
	a.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	key := newKey(a.t)
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	require.NoError(a.t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(a.t, err)
	return a.write(name+".cert.pem", "CERTIFICATE", der), a.write(name+".key.pem", "PRIVATE KEY", keyDER)
}

// TestTLS binds with a CA file, a client certificate and a server name, and
// says what to do when one of them is wrong.
func TestTLS(t *testing.T) {
	t.Parallel()
	ours, foreign := newAuthority(t, "ca"), newAuthority(t, "foreign")
	serverCert, serverKey := ours.issue("smsc.test")
	clientCert, clientKey := ours.issue("gateway.test")
	pair, err := tls.LoadX509KeyPair(serverCert, serverKey)
	require.NoError(t, err)
	clients := x509.NewCertPool()
	clients.AddCert(ours.cert)
	secured := &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}
	files := func(ca, name, cert, key string) string {
		return fmt.Sprintf(", tls: {ca_file: %q, server_name: %q, cert_file: %q, key_file: %q}", ca, name, cert, key)
	}
	for name, c := range map[string]struct {
		tls   string
		plain bool // the SMSC speaks no TLS
		log   []string
	}{
		"all right":          {tls: files(ours.file, "smsc.test", clientCert, clientKey)},
		"wrong CA":           {tls: files(foreign.file, "smsc.test", clientCert, clientKey), log: []string{"TLS failed", "name the carrier's CA in ca_file"}},
		"system's CAs":       {tls: ", tls: true", log: []string{"TLS failed"}},
		"wrong name":         {tls: files(ours.file, "other.test", clientCert, clientKey), log: []string{"TLS failed", "server_name", "smsc.test"}},
		"no client's":        {tls: fmt.Sprintf(", tls: {ca_file: %q, server_name: smsc.test}", ours.file), log: []string{"TLS failed", "client certificate", "certificate required"}},
		"no TLS there":       {tls: ", tls: true", plain: true, log: []string{"TLS failed", "the peer does not speak TLS"}},
		"no TLS here":        {log: []string{"whether the port wants TLS"}},
		"missing file":       {tls: ", tls: {ca_file: /nowhere/ca.pem}", log: []string{"correct its configuration with repartee apply", "tls.ca_file", "/nowhere/ca.pem"}},
		"no certificate":     {tls: fmt.Sprintf(", tls: {ca_file: %q}", clientKey), log: []string{"holds no certificate in PEM form"}},
		"key of another":     {tls: files(ours.file, "smsc.test", clientCert, serverKey), log: []string{"tls.cert_file and key_file"}},
		"foreign client":     {tls: foreignClient(ours, foreign), log: []string{"TLS failed", "client certificate"}},
		"certificate and no": {tls: files(ours.file, "smsc.test", "/nowhere/cert.pem", clientKey), log: []string{"tls.cert_file and key_file", "/nowhere/cert.pem"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := smsc.Options{TLS: secured}
			if c.plain {
				o.TLS = nil
			}
			w := bareWorld(t, o)
			logs := w.watched()
			w.apply(shop(w.smsc.Addr(), c.tls+", timeouts: {bind: 2s}"))
			w.run()
			if c.log == nil {
				w.phone(1).text("ECHO secret", "SECRET")
				return
			}
			w.awaitLog(logs, c.log...)
			require.Empty(t, w.smsc.Account("shop").Binds())
		})
	}
}

func foreignClient(ours, foreign *authority) string {
	cert, key := foreign.issue("gateway.test")
	return fmt.Sprintf(", tls: {ca_file: %q, server_name: smsc.test, cert_file: %q, key_file: %q}", ours.file, cert, key)
}
