#include "daemon/identity/totp.hpp"

#include "common/base/check.hpp"
#include "daemon/identity/base32.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace vault::identity {
namespace {

const EVP_MD* digest_of(ports::TotpHash hash) {
    switch (hash) {
        case ports::TotpHash::Sha1: return EVP_sha1();
        case ports::TotpHash::Sha256: return EVP_sha256();
        case ports::TotpHash::Sha512: return EVP_sha512();
    }
    return nullptr;
}

std::size_t seed_bytes(ports::TotpHash hash) {
    switch (hash) {
        case ports::TotpHash::Sha1: return 20;
        case ports::TotpHash::Sha256: return 32;
        case ports::TotpHash::Sha512: return 64;
    }
    return 0;
}

std::uint32_t power_of_ten(std::uint32_t digits) {
    VAULT_CHECK(digits >= 6 && digits <= 8, "a code has 6 to 8 digits");
    std::uint32_t power = 1;
    for (std::uint32_t i = 0; i < digits; ++i)
        power *= 10;
    return power;
}

bool is_code(std::string_view code, std::uint32_t digits) {
    return code.size() == digits &&
           std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

// RFC 3986: all but the unreserved letters.
std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace

TotpKind kind_of(const ports::TotpRow& row) {
    return {.hash = row.hash, .digits = row.digits, .period = row.period};
}

std::string_view to_text(ports::TotpHash hash) {
    switch (hash) {
        case ports::TotpHash::Sha1: return "SHA1";
        case ports::TotpHash::Sha256: return "SHA256";
        case ports::TotpHash::Sha512: return "SHA512";
    }
    return "";
}

Secret new_totp_seed(ports::TotpHash hash, Entropy& entropy) {
    std::string seed(seed_bytes(hash), '\0');
    entropy.fill({reinterpret_cast<std::uint8_t*>(seed.data()), seed.size()});
    return Secret{std::move(seed)};
}

std::uint64_t totp_step(UtcTime now, std::uint32_t period) {
    VAULT_CHECK(period > 0, "a step lasts at least a second");
    const auto since = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    return since <= 0 ? 0 : static_cast<std::uint64_t>(since) / period;
}

std::string totp_code(std::string_view seed, std::uint64_t step, const TotpKind& kind) {
    std::array<unsigned char, 8> message{};
    for (std::size_t i = 0; i < message.size(); ++i)
        message[i] = static_cast<unsigned char>(step >> (56 - 8 * i) & 255U);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    const auto* const done = HMAC(digest_of(kind.hash), seed.data(), static_cast<int>(seed.size()),
                                  message.data(), message.size(), mac.data(), &size);
    VAULT_CHECK(done != nullptr && size >= 20, "HMAC failed");
    // RFC 4226, 5.3: 31 bits from where the last four bits say.
    const std::size_t at = mac[size - 1] & 15U;
    const std::uint32_t number = (mac[at] & 127U) << 24U | std::uint32_t{mac[at + 1]} << 16U |
                                 std::uint32_t{mac[at + 2]} << 8U | mac[at + 3];
    return fmt::format("{:0{}}", number % power_of_ten(kind.digits), kind.digits);
}

// Both steps are always computed, so that the time says nothing.
TotpCheck check_totp(std::string_view seed, const ports::TotpRow& row, std::string_view code,
                     UtcTime now) {
    const TotpKind kind = kind_of(row);
    const std::uint64_t step = totp_step(now, kind.period);
    const std::uint64_t before = step == 0 ? 0 : step - 1;
    const std::string newer = totp_code(seed, step, kind);
    const std::string older = totp_code(seed, before, kind);
    if (!is_code(code, kind.digits)) return {};
    const bool is_newer = same(code, newer);
    const bool is_older = same(code, older);
    if (is_newer && step > row.last_step) return {TotpOutcome::Accepted, step};
    if (is_older && before > row.last_step) return {TotpOutcome::Accepted, before};
    return {is_newer || is_older ? TotpOutcome::Replayed : TotpOutcome::Wrong, 0};
}

Secret otpauth_uri(std::string_view issuer, std::string_view name, std::string_view seed,
                   const TotpKind& kind) {
    std::string encoded = to_base32(seed);
    const std::string from = percent_encoded(issuer);
    Secret uri{fmt::format(
        "otpauth://totp/{}:{}?secret={}&issuer={}&algorithm={}&digits={}&period={}", from,
        percent_encoded(name), encoded, from, to_text(kind.hash), kind.digits, kind.period)};
    sodium_memzero(encoded.data(), encoded.size());
    return uri;
}

}  // namespace vault::identity
