#pragma once
// QR codes (ISO/IEC 18004:2015) for the terminal: bytes of up to 213 letters, versions 1 to 10,
// error correction M. Enough for the otpauth URI of an enrolment; Debian's library for it comes as
// a shared one only, and vaultctl is linked statically. Pure; any thread. Drawn lines hold what the
// code holds: secrets are not kept longer than they are shown.
#include "common/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::render {

class QrCode {
  public:
    // In the smallest version that holds it, with the mask of the least penalty unless one (0 to 7)
    // is given. Errors: InvalidParams if there are more than 213 bytes.
    static Result<QrCode> encode(std::string_view bytes, std::optional<int> mask = std::nullopt);

    int size() const { return size_; }  // modules on a side: 17 + 4 x version
    int version() const { return (size_ - 17) / 4; }
    int mask() const { return mask_; }
    // Outside of the code everything is light: the quiet zone.
    bool dark(int row, int column) const;

  private:
    QrCode(int size, int mask, std::vector<bool> modules)
        : size_(size), mask_(mask), modules_(std::move(modules)) {}

    int size_;
    int mask_;
    std::vector<bool> modules_;
};

enum class QrGround {
    Colored,  // black on white by colour codes: right on every terminal
    Dark,     // no colour codes; the terminal writes light on dark
    Light,    // no colour codes; the terminal writes dark on light
};

// Two modules a letter, as half blocks, with a quiet zone of four modules. Each line ends in '\n'.
std::string draw_qr(const QrCode& code, QrGround ground);

}  // namespace vault::render
