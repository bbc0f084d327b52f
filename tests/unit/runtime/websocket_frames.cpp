#include "tests/unit/runtime/websocket_frames.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace vault::runtime {
namespace {

std::string big_endian(std::uint64_t number, int bytes) {
    std::string out;
    for (int at = bytes - 1; at >= 0; --at)
        out += static_cast<char>(static_cast<unsigned char>(number >> (8 * at)));
    return out;
}

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t out = 0;
    for (const char c : bytes)
        out = out << 8 | static_cast<unsigned char>(c);
    return out;
}

std::string accept_of(std::string_view head) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t at = head.find(name) + name.size();
    std::string text{head.substr(at, head.find("\r\n", at) - at)};
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    ::SHA1(bytes, text.size(), digest.data());
    std::array<unsigned char, 32> base64{};
    const int size = ::EVP_EncodeBlock(base64.data(), digest.data(), SHA_DIGEST_LENGTH);
    return {base64.begin(), base64.begin() + size};
}

}  // namespace

std::string frame_header(Op op, std::uint64_t bytes, bool last) {
    std::string out{static_cast<char>(static_cast<unsigned char>(op) | (last ? 0x80 : 0))};
    if (bytes < 126) return out + big_endian(bytes, 1);
    if (bytes < 65'536) return out + big_endian(126, 1) + big_endian(bytes, 2);
    return out + big_endian(127, 1) + big_endian(bytes, 8);
}

std::string frame(Op op, std::string_view payload, bool last) {
    return frame_header(op, payload.size(), last) + std::string{payload};
}

std::string close_frame(unsigned code, std::string_view reason) {
    return frame(Op::Close, big_endian(code, 2) + std::string{reason});
}

Frame read_frame(Peer& peer) {
    const std::string head = peer.read(2);
    if (head.size() < 2) return {};
    const auto first = static_cast<unsigned char>(head[0]);
    const auto second = static_cast<unsigned char>(head[1]);
    Frame out{.op = static_cast<Op>(first & 0xf),
              .last = (first & 0x80) != 0,
              .masked = (second & 0x80) != 0,
              .payload = {}};
    std::uint64_t bytes = second & 0x7f;
    if (bytes == 126) bytes = number_of(peer.read(2));
    if (bytes == 127) bytes = number_of(peer.read(8));
    const std::string mask = out.masked ? peer.read(4) : std::string(4, '\0');
    out.payload = peer.read(bytes);
    if (mask.size() < 4) return {};
    for (std::size_t at = 0; at < out.payload.size(); ++at)
        out.payload[at] = static_cast<char>(out.payload[at] ^ mask[at % 4]);
    return out;
}

std::string agree(Peer& peer) {
    const std::string head = peer.read_request();
    if (head.empty()) return {};
    peer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_of(head) + "\r\n\r\n");
    return head;
}

}  // namespace vault::runtime
