#include "daemon/identity/totp.hpp"

#include "daemon/identity/base32.hpp"
#include "tests/unit/identity/doubles.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>

namespace vault::identity {
namespace {

using ports::TotpHash;

constexpr std::string_view kSeed20 = "12345678901234567890";
constexpr std::string_view kSeed32 = "12345678901234567890123456789012";
constexpr std::string_view kSeed64 =
    "1234567890123456789012345678901234567890123456789012345678901234";

struct Published {
    std::int64_t time;
    std::string_view sha1, sha256, sha512;
};
// RFC 6238, appendix B.
constexpr std::array kPublished{
    Published{59, "94287082", "46119246", "90693936"},
    Published{1111111109, "07081804", "68084774", "25091201"},
    Published{1111111111, "14050471", "67062674", "99943326"},
    Published{1234567890, "89005924", "91819424", "93441116"},
    Published{2000000000, "69279037", "90698825", "38618901"},
    Published{20000000000, "65353130", "77737706", "47863826"},
};

UtcTime at(std::int64_t seconds) {
    return UtcTime{std::chrono::seconds{seconds}};
}

TEST(Totp, AllEighteenValuesOfRfc6238) {
    int checked = 0;
    for (const Published& row : kPublished)
        for (const auto& [hash, seed, code] : {std::tuple{TotpHash::Sha1, kSeed20, row.sha1},
                                               std::tuple{TotpHash::Sha256, kSeed32, row.sha256},
                                               std::tuple{TotpHash::Sha512, kSeed64, row.sha512}}) {
            const std::uint64_t step = totp_step(at(row.time), 30);
            EXPECT_EQ(totp_code(seed, step, {hash, 8, 30}), code);
            EXPECT_EQ(totp_code(seed, step, {hash, 6, 30}), code.substr(2));
            const ports::TotpRow kept{.hash = hash, .digits = 8};
            EXPECT_EQ(check_totp(seed, kept, code, at(row.time)).outcome, TotpOutcome::Accepted);
            ++checked;
        }
    EXPECT_EQ(checked, 18);
    EXPECT_EQ(totp_step(at(20000000000), 30), 0x27BC86AAULL);
}

TEST(Totp, OnlyThisStepAndTheOneBefore) {
    const UtcTime now = at(1'790'000'010);
    const std::uint64_t step = totp_step(now, 30);
    const ports::TotpRow row;
    for (int offset = -5; offset <= 5; ++offset) {
        const std::uint64_t other = step + static_cast<std::uint64_t>(offset);
        const TotpCheck check = check_totp(kSeed20, row, totp_code(kSeed20, other, {}), now);
        const bool good = offset == 0 || offset == -1;
        EXPECT_EQ(check.outcome, good ? TotpOutcome::Accepted : TotpOutcome::Wrong) << offset;
        EXPECT_EQ(check.step, good ? other : 0) << offset;
    }
}

TEST(Totp, WhatIsNoCodeIsWrong) {
    const UtcTime now = at(1111111109);
    const ports::TotpRow row;
    const std::string code = totp_code(kSeed20, totp_step(now, 30), {});
    ASSERT_EQ(check_totp(kSeed20, row, code, now).outcome, TotpOutcome::Accepted);
    for (const std::string& wrong :
         {std::string{}, code.substr(1), code.substr(0, 5), "0" + code, code + "0", "08" + code,
          " " + code.substr(1), code + " ", "+" + code.substr(1), "-" + code.substr(1),
          code.substr(0, 5) + std::string{"\xd9\xa1"}, std::string{"\xef\xbc\x90"} + code.substr(3),
          code.substr(0, 5) + '\0', std::string{"07081804"}})
        EXPECT_EQ(check_totp(kSeed20, row, wrong, now).outcome, TotpOutcome::Wrong) << wrong;
}

// 10,000 replays: each code of a user is offered again and again, later in its step, in the next
// one, and after newer ones were used. One of each is accepted.
TEST(Totp, TenThousandReplaysAndNoneAccepted) {
    constexpr std::uint64_t kRandomSeed = 20261129;
    Random random{kRandomSeed};
    SeededEntropy entropy{kRandomSeed};
    const Secret seed = new_totp_seed(TotpHash::Sha1, entropy);
    ports::TotpRow row;
    UtcTime now = at(1'790'000'000);
    std::set<std::uint64_t> used;
    std::vector<std::string> codes;
    long replays = 0, replays_in_window = 0, accepted = 0;
    while (replays < 10'000) {
        now += std::chrono::milliseconds{random.below(20'000)};
        const std::uint64_t step = totp_step(now, 30);
        const std::uint64_t offered = step - random.below(2);
        const std::string code = totp_code(seed.reveal(), offered, {});
        const TotpCheck check = check_totp(seed.reveal(), row, code, now);
        EXPECT_EQ(check.outcome == TotpOutcome::Accepted, offered > row.last_step);
        if (check.outcome == TotpOutcome::Accepted) {
            EXPECT_TRUE(used.insert(check.step).second) << "a step was used twice";
            row.last_step = check.step;
            codes.push_back(code);
        }
        for (int i = 0; i < 4 && !codes.empty(); ++i) {
            const bool newest = i == 0;
            const std::string& old = newest ? codes.back() : codes[random.below(codes.size())];
            const TotpCheck again = check_totp(seed.reveal(), row, old, now);
            // By chance an old code may be the one of a step that was not used.
            const bool by_chance = again.outcome == TotpOutcome::Accepted &&
                                   !used.contains(again.step) &&
                                   totp_code(seed.reveal(), again.step, {}) == old && !newest;
            accepted += again.outcome == TotpOutcome::Accepted && !by_chance ? 1 : 0;
            replays_in_window += again.outcome == TotpOutcome::Replayed ? 1 : 0;
            ++replays;
        }
    }
    std::printf("totp: %ld replays (%ld of them within their two steps), %ld accepted, seed %llu\n",
                replays, replays_in_window, accepted, static_cast<unsigned long long>(kRandomSeed));
    EXPECT_EQ(accepted, 0);
    EXPECT_GT(replays_in_window, 1000);
}

TEST(Totp, AfterTheNewerStepTheOlderIsWorthNothing) {
    const UtcTime now = at(1'790'000'010);
    const std::uint64_t step = totp_step(now, 30);
    ports::TotpRow row;
    row.last_step = check_totp(kSeed20, row, totp_code(kSeed20, step, {}), now).step;
    EXPECT_EQ(row.last_step, step);
    EXPECT_EQ(check_totp(kSeed20, row, totp_code(kSeed20, step - 1, {}), now).outcome,
              TotpOutcome::Replayed);
}

TEST(Totp, SeedsAreAsLongAsTheHash) {
    SeededEntropy entropy{1};
    EXPECT_EQ(new_totp_seed(TotpHash::Sha1, entropy).reveal().size(), 20U);
    EXPECT_EQ(new_totp_seed(TotpHash::Sha256, entropy).reveal().size(), 32U);
    EXPECT_EQ(new_totp_seed(TotpHash::Sha512, entropy).reveal().size(), 64U);
}

TEST(Totp, UriOfAnEnrolment) {
    EXPECT_EQ(otpauth_uri("Core Vault", "alice@x/y", kSeed20, {}).reveal(),
              "otpauth://totp/Core%20Vault:alice%40x%2Fy?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
              "&issuer=Core%20Vault&algorithm=SHA1&digits=6&period=30");
    EXPECT_NE(otpauth_uri("v", "a", kSeed64, {TotpHash::Sha512, 8, 60})
                  .reveal()
                  .find("&algorithm=SHA512&digits=8&period=60"),
              std::string_view::npos);
}

TEST(Base32, VectorsOfRfc4648AndOfTheSeeds) {
    for (const auto& [bytes, text] :
         {std::pair{"", ""}, std::pair{"f", "MY"}, std::pair{"fo", "MZXQ"},
          std::pair{"foo", "MZXW6"}, std::pair{"foob", "MZXW6YQ"}, std::pair{"fooba", "MZXW6YTB"},
          std::pair{"foobar", "MZXW6YTBOI"}}) {
        EXPECT_EQ(to_base32(bytes), text);
        EXPECT_EQ(from_base32(text).value(), bytes);
    }
    EXPECT_EQ(to_base32(kSeed20), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    EXPECT_EQ(from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA====").value(),
              kSeed32);
    EXPECT_EQ(from_base32("mzxw6ytboi======").value(), "foobar");
    SeededEntropy entropy{7};
    for (std::size_t size = 0; size < 70; ++size) {
        std::string bytes(size, '\0');
        entropy.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), size});
        EXPECT_EQ(from_base32(to_base32(bytes)).value(), bytes);
    }
}

TEST(Base32, RefusesWhatIsNone) {
    for (const char* text : {"M", "MZX", "MZXW6Y", "MZ", "MZXR", "M1", "M0", "M8", "M9", "MY=Q",
                             "MZXW 6YTB", "M\xc3\xa4", "=======MY"}) {
        const auto bytes = from_base32(text);
        ASSERT_FALSE(bytes.has_value()) << text;
        EXPECT_EQ(bytes.error().code(), Errc::InvalidParams);
        EXPECT_EQ(bytes.error().message().find(text), std::string::npos);
    }
}

}  // namespace
}  // namespace vault::identity
