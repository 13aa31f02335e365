package playground

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed assets/*.gz playground.js playground.css
var files embed.FS

// assets are the files of the page.
type assets struct {
	// folder is where they are served, relative to the page. Its name holds a
	// hash of all files, so a browser may keep each file for ever.
	folder string
	// compressed holds the gzipped content by file name.
	compressed map[string][]byte
}

// loadAssets reads the embedded files. Those of third parties are embedded
// compressed; our own are compressed here.
func loadAssets() (assets, error) {
	found := map[string][]byte{}
	names, err := files.ReadDir("assets")
	if err != nil {
		return assets{}, err
	}
	for _, entry := range names {
		data, err := files.ReadFile("assets/" + entry.Name())
		if err != nil {
			return assets{}, err
		}
		found[strings.TrimSuffix(entry.Name(), ".gz")] = data
	}
	for _, name := range []string{"playground.js", "playground.css"} {
		data, err := files.ReadFile(name)
		if err != nil {
			return assets{}, err
		}
		if found[name], err = compress(data); err != nil {
			return assets{}, err
		}
	}

	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		sum.Write([]byte(name + "\x00" + strconv.Itoa(len(found[name])) + "\x00"))
		sum.Write(found[name])
	}
	return assets{folder: "playground/" + hex.EncodeToString(sum.Sum(nil))[:16], compressed: found}, nil
}

func compress(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// serve writes one file: compressed, or inflated for a client that does not
// accept gzip. A name that is not a file gets 404.
func (a assets) serve(w http.ResponseWriter, r *http.Request, name string) {
	data, ok := a.compressed[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	switch path.Ext(name) {
	case ".js":
		header.Set("Content-Type", "text/javascript; charset=utf-8")
	case ".css":
		header.Set("Content-Type", "text/css; charset=utf-8")
	}
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		send(w, r, data)
		return
	}
	plain, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		http.Error(w, "This file is broken.", http.StatusInternalServerError)
		return
	}
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, plain) // fails only when the client leaves
	}
}

// takesGzip reads the part of Accept-Encoding (RFC 9110, section 12.5.3) that
// browsers use: gzip is named, and its weight is not zero.
func takesGzip(acceptEncoding string) bool {
	for coding := range strings.SplitSeq(acceptEncoding, ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";q=")
		if strings.EqualFold(name, "gzip") {
			return strings.Trim(weight, "0.") != "" || weight == ""
		}
	}
	return false
}

// send writes the body, unless the request is a HEAD.
func send(w http.ResponseWriter, r *http.Request, data []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(data) // fails only when the client leaves
	}
}
