// Package qrcode draws a text as a QR code (ISO/IEC 18004) in the forms that
// frontends need: a picture's data: URI, or the modules themselves.
package qrcode
