#include "daemon/identity/recovery_codes.hpp"

#include "tests/unit/identity/doubles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <set>
#include <string>

namespace vault::identity {
namespace {

TEST(RecoveryCodes, TenDifferentOnesInFiveGroups) {
    SeededEntropy entropy{5};
    const auto codes = make_recovery_codes(kAlice, entropy);
    ASSERT_EQ(codes.texts.size(), kRecoveryCodes);
    ASSERT_EQ(codes.rows.size(), kRecoveryCodes);
    std::set<std::string> different;
    for (const Secret& text : codes.texts) {
        const std::string code{text.reveal()};
        EXPECT_EQ(code.size(), 29U);
        EXPECT_EQ(std::ranges::count(code, '-'), 4);
        EXPECT_TRUE(different.insert(code).second);
        for (const char c : code)
            EXPECT_TRUE(c == '-' || (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7')) << code;
    }
}

TEST(RecoveryCodes, EachIsGoodOnceInWhateverWriting) {
    SeededEntropy entropy{6};
    auto codes = make_recovery_codes(kAlice, entropy);
    for (std::size_t i = 0; i < codes.texts.size(); ++i) {
        std::string typed{codes.texts[i].reveal()};
        if (i % 3 == 1) std::erase(typed, '-');
        if (i % 3 == 2)
            for (char& c : typed)
                c = static_cast<char>(std::toupper(c));
        if (i == 4) typed = " " + typed + " ";
        ports::RecoveryCodeRow* const row = redeem(codes.rows, kAlice, typed, kStart);
        ASSERT_NE(row, nullptr) << i;
        EXPECT_EQ(row, &codes.rows[i]);
        EXPECT_EQ(row->used_at, kStart);
        EXPECT_EQ(redeem(codes.rows, kAlice, typed, kStart), nullptr);
    }
}

TEST(RecoveryCodes, OfAnotherUserOrAlmostRightOpensNothing) {
    SeededEntropy entropy{7};
    auto codes = make_recovery_codes(kAlice, entropy);
    const std::string code{codes.texts[0].reveal()};
    EXPECT_EQ(redeem(codes.rows, kBob, code, kStart), nullptr);
    // A row that was copied to another user.
    auto copied = codes.rows;
    for (auto& row : copied)
        row.user = kBob;
    EXPECT_EQ(redeem(copied, kBob, code, kStart), nullptr);
    for (std::size_t i = 0; i < code.size(); ++i) {
        std::string changed = code;
        changed[i] = changed[i] == 'q' ? 'r' : 'q';
        EXPECT_EQ(redeem(codes.rows, kAlice, changed, kStart), nullptr) << i;
    }
    for (const std::string& text : {std::string{}, std::string(25, 'a'), code + "a", code.substr(1),
                                    std::string(100'000, 'a'), std::string(5, '-')})
        EXPECT_EQ(redeem(codes.rows, kAlice, text, kStart), nullptr);
    EXPECT_NE(redeem(codes.rows, kAlice, code, kStart), nullptr);
}

TEST(RecoveryCodes, TenThousandReplaysAndNoneAccepted) {
    SeededEntropy entropy{8};
    auto codes = make_recovery_codes(kAlice, entropy);
    int accepted = 0;
    for (int i = 0; i < 10'010; ++i)
        accepted +=
            redeem(codes.rows, kAlice, codes.texts[static_cast<std::size_t>(i) % 10].reveal(),
                   kStart) != nullptr
                ? 1
                : 0;
    std::printf("recovery codes: 10010 uses of 10 codes, %d accepted\n", accepted);
    EXPECT_EQ(accepted, 10);
}

}  // namespace
}  // namespace vault::identity
