#pragma once
// Vectors that others published, copied so that the tests need no other place. XChaCha20-Poly1305:
// draft-irtf-cfrg-xchacha, appendix A.3.1. Argon2id: the string is of the reference
// implementation's own tests; the table was computed with libsodium 1.0.18, because no published
// one has a salt of 16 bytes and one lane.
#include <cstdint>
#include <string>
#include <string_view>

namespace vault::secrets {

inline std::string from_hex_text(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    return bytes;
}

namespace vectors {

inline constexpr std::string_view kKey =
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
inline constexpr std::string_view kNonce = "404142434445464748494a4b4c4d4e4f5051525354555657";
inline constexpr std::string_view kAssociated = "50515253c0c1c2c3c4c5c6c7";
inline constexpr std::string_view kPlaintext =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
    "the future, sunscreen would be it.";
inline constexpr std::string_view kCiphertextAndTag =
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa644"
    "0bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e"
    "3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7"
    "987947deafd8780acf49";

struct Argon2id {
    const char* password;
    const char* salt;
    std::uint32_t passes;
    std::uint32_t memory_kib;
    const char* tag;
};
inline constexpr Argon2id kArgon2id[] = {
    {"password", "somesaltSOMESALT", 2, 19456,
     "0e47625a7c3b4f4ddf7e9ae79f89a50e4777fec089edcc24803ee974dbefeadf"},
    {"password", "somesaltSOMESALT", 1, 47104,
     "be8687a39893cd5239089c4e6673d58668dec7d5dd66e4aef4b7d20fa59d5e57"},
    {"password", "somesaltSOMESALT", 3, 65536,
     "8edaf6e0aaf8bc4a2b68983986b38648ad8872d8a3c00bb3803e637520bbfb16"},
};
inline constexpr const char* kArgon2idPassword = "password";
inline constexpr const char* kArgon2idEncoded =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb"
    "2GRPPc";

}  // namespace vectors
}  // namespace vault::secrets
