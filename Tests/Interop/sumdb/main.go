// Command sumdb checks an exported log with golang.org/x/mod/sumdb alone: code that shares nothing with the gateway.
//
//	sumdb VKEY BUNDLE [EARLIER-CHECKPOINT]
//
// With Debian's golang-go and golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run main.go VKEY BUNDLE
//
// VKEY is the log's verifier key, BUNDLE an unpacked export, EARLIER-CHECKPOINT a checkpoint note of the same log kept from
// before. It opens the notes, proves every entry included in the checkpoint from the tiles of hashes, and proves the
// checkpoint consistent with the earlier one. Exit 0 when all holds, 1 with the reason when something does not.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// pageWidth is how many entries a full page, and how many hashes a full tile, holds; height is its logarithm.
const (
	pageWidth = 256
	height    = 8
)

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fail(fmt.Errorf("usage: sumdb VKEY BUNDLE [EARLIER-CHECKPOINT]"))
	}
	verifier, err := note.NewVerifier(os.Args[1])
	fail(err)
	bundle := os.Args[2]
	tree, err := openCheckpoint(filepath.Join(bundle, "checkpoint"), verifier)
	fail(err)
	tiles := tlog.TileHashReader(tree, &tileReader{bundle: bundle, tree: tree})
	entries, err := checkInclusion(bundle, tree, tiles)
	fail(err)
	fmt.Printf("checkpoint of %d leaves: signature verified, %d entries proven included\n", tree.N, entries)
	if len(os.Args) == 4 {
		earlier, err := openCheckpoint(os.Args[3], verifier)
		fail(err)
		fail(checkConsistency(tree, earlier, tiles))
		fmt.Printf("consistent with the earlier checkpoint of %d leaves\n", earlier.N)
	}
}

// openCheckpoint verifies a note's signature and parses the origin, size and root in it.
func openCheckpoint(path string, verifier note.Verifier) (tlog.Tree, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	var origin, root string
	var size int64
	if count, err := fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &size, &root); count != 3 || err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: not origin, size and root", path)
	}
	hash, err := tlog.ParseHash(root)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	if text := fmt.Sprintf("%s\n%d\n%s\n", origin, size, hash); text != opened.Text {
		return tlog.Tree{}, fmt.Errorf("%s: another spelling of the checkpoint", path)
	}
	if origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("%s: the origin is not the key's name", path)
	}
	return tlog.Tree{N: size, Hash: hash}, nil
}

// checkInclusion proves every entry in every page, in order, and returns how many there are.
func checkInclusion(bundle string, tree tlog.Tree, tiles tlog.HashReader) (int64, error) {
	for first := int64(0); first < tree.N; first += pageWidth {
		width := int(min(tree.N-first, pageWidth))
		page := tlog.Tile{H: height, L: -1, N: first / pageWidth, W: width}
		bytes, err := os.ReadFile(filepath.Join(bundle, path(page)))
		if err != nil {
			return first, err
		}
		for index := first; index < first+int64(width); index++ {
			if len(bytes) < 2 || len(bytes)-2 < int(binary.BigEndian.Uint16(bytes)) {
				return index, fmt.Errorf("entry %d: the page is cut off", index)
			}
			end := 2 + int(binary.BigEndian.Uint16(bytes))
			entry := bytes[2:end]
			bytes = bytes[end:]
			proof, err := tlog.ProveRecord(tree.N, index, tiles)
			if err != nil {
				return index, fmt.Errorf("entry %d: %w", index, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
				return index, fmt.Errorf("entry %d: %w", index, err)
			}
		}
		if len(bytes) != 0 {
			return first, fmt.Errorf("page %d: bytes behind its last entry", page.N)
		}
	}
	return tree.N, nil
}

// checkConsistency proves that the log still begins with the leaves of the earlier checkpoint.
func checkConsistency(tree, earlier tlog.Tree, tiles tlog.HashReader) error {
	if earlier.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, earlier.N, tiles)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash)
}

// tileReader reads tiles of hashes from the bundle. TileHashReader itself proves each against the tree's root.
type tileReader struct {
	bundle string
	tree   tlog.Tree
}

func (r *tileReader) Height() int { return height }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		// The bundle has each tile at its width for the tree; a narrower one is the beginning of that.
		stored := tile
		stored.W = int(min(r.tree.N>>(uint(tile.L)*height)-tile.N*pageWidth, pageWidth))
		bytes, err := os.ReadFile(filepath.Join(r.bundle, path(stored)))
		if err != nil {
			return nil, err
		}
		if len(bytes) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: cut off", path(stored))
		}
		found = append(found, bytes[:tile.W*tlog.HashSize])
	}
	return found, nil
}

func (r *tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// path is the name of a tile in the C2SP layout, which differs from sumdb's own by its prefix alone.
func path(tile tlog.Tile) string {
	level := fmt.Sprint(tile.L)
	if tile.L == -1 {
		level = "entries"
	}
	number := fmt.Sprintf("%03d", tile.N%1000)
	for rest := tile.N / 1000; rest > 0; rest /= 1000 {
		number = fmt.Sprintf("x%03d/%s", rest%1000, number)
	}
	if tile.W != pageWidth {
		number += fmt.Sprintf(".p/%d", tile.W)
	}
	return fmt.Sprintf("tile/%s/%s", level, number)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "sumdb:", err)
		os.Exit(1)
	}
}
