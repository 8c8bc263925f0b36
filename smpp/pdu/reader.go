package pdu

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
)

// HeaderLength is the length of a PDU header in octets.
const HeaderLength = 16

// MaxLength is the longest PDU that is read or written, in octets: a
// message_payload of 64 KB with room for the other fields.
const MaxLength = 66_000

// Reader cuts a stream into frames. It is not safe for concurrent use.
//
// It holds one buffer of [MaxLength] octets whatever the peer sends, and loses
// nothing when the underlying reader fails in the middle of a frame: after a
// read deadline, Read goes on where it stopped.
type Reader struct {
	buffer *bufio.Reader
	last   int // octets of the frame handed out last, still in the buffer
}

// NewReader returns a reader of the frames of r.
func NewReader(r io.Reader) *Reader {
	return &Reader{buffer: bufio.NewReaderSize(r, MaxLength)}
}

// Read returns the next frame; its body is valid until the next call. The
// end of the stream between two frames is io.EOF, inside of one
// io.ErrUnexpectedEOF. A command_length below 16 or above [MaxLength] is an
// [*Error] that is Fatal, and every further Read returns it again: nobody can
// tell where the next frame begins.
func (r *Reader) Read() (Frame, error) {
	if _, err := r.buffer.Discard(r.last); err != nil {
		return Frame{}, err
	}
	r.last = 0
	octets, err := r.buffer.Peek(HeaderLength)
	if err != nil {
		return Frame{}, within(err, len(octets))
	}
	header := parseHeader(octets)
	if reason := badLength(header.Length); reason != "" {
		return Frame{}, &Error{Header: header, Status: StatusInvCmdLen, Fatal: true, Reason: reason}
	}
	if octets, err = r.buffer.Peek(int(header.Length)); err != nil {
		return Frame{}, within(err, len(octets))
	}
	r.last = len(octets)
	return Frame{Header: header, Body: octets[HeaderLength:]}, nil
}

// Buffered returns the number of octets that were read from the stream and
// belong to frames after the last one.
func (r *Reader) Buffered() int { return r.buffer.Buffered() - r.last }

func parseHeader(octets []byte) Header {
	return Header{
		Length:   binary.BigEndian.Uint32(octets),
		Command:  Command(binary.BigEndian.Uint32(octets[4:])),
		Status:   Status(binary.BigEndian.Uint32(octets[8:])),
		Sequence: binary.BigEndian.Uint32(octets[12:]),
	}
}

func badLength(length uint32) string {
	switch {
	case length < HeaderLength:
		return fmt.Sprintf("command_length is %d, a header alone has %d octets", length, HeaderLength)
	case length > MaxLength:
		return fmt.Sprintf("command_length is %d, at most %d octets are read", length, MaxLength)
	}
	return ""
}

// within turns the end of the stream inside a frame into an unexpected one.
func within(err error, have int) error {
	if err == io.EOF && have > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Frames gives the whole frames of octets in memory, one behind the other, up to
// one that is cut off or has a wrong length. Their bodies share its memory.
func Frames(octets []byte) iter.Seq[Frame] {
	return func(yield func(Frame) bool) {
		for len(octets) >= HeaderLength {
			header := parseHeader(octets)
			if badLength(header.Length) != "" || int(header.Length) > len(octets) {
				return
			}
			if !yield(Frame{Header: header, Body: octets[HeaderLength:header.Length]}) {
				return
			}
			octets = octets[header.Length:]
		}
	}
}
