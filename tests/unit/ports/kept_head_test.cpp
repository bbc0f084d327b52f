#include "daemon/ports/kept_head.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault::ports {
namespace {

KeptHead head_of(std::size_t journals) {
    KeptHead kept;
    kept.trail = {70, sha256("trail")};
    kept.signature = sha256("signature");
    for (std::uint32_t i = 1; i <= journals; ++i)
        kept.journals.push_back({VaultId{i * i}, 10ULL * i, sha256(std::to_string(i))});
    return kept;
}

TEST(KeptHead, IsFoundAgainInItsText) {
    for (const std::size_t journals : {0U, 1U, 3U, 200U}) {
        const KeptHead kept = head_of(journals);
        for (const std::string& text :
             {to_text(kept), "head      " + to_text(kept) + "\n",
              "seq,hash,head\n70,abc," + to_text(kept) + "\n",
              "{\"head\":\"" + to_text(kept) + "\"},\"warnings\":[]}\n"}) {
            const auto found = find_kept_head(text);
            ASSERT_TRUE(found) << text;
            EXPECT_EQ(found->trail, kept.trail);
            EXPECT_EQ(found->journals, kept.journals);
            EXPECT_EQ(found->signature, kept.signature);
        }
    }
}

TEST(KeptHead, MayBeFolded) {
    std::string text = to_text(head_of(3));
    std::ranges::replace(text, ' ', '\n');
    const auto found = find_kept_head(text);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->journals, head_of(3).journals);
}

TEST(KeptHead, IsNotFoundInHalfOfIt) {
    const std::string text = to_text(head_of(2));
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto found = find_kept_head(text.substr(0, size));
        if (found) {
            EXPECT_TRUE(found->journals.empty()) << size;
        }
    }
    EXPECT_FALSE(find_kept_head("vault-audit-head 1"));
    EXPECT_FALSE(find_kept_head(""));
}

// Those from before the journals were kept along.
TEST(KeptHead, OfTheTrailAloneIsOneToo) {
    const KeptHead kept = head_of(0);
    const std::string old =
        "vault-audit-head 70 " + to_hex(kept.trail.hash) + " " + to_hex(kept.signature) + "\n";
    const auto found = find_kept_head(old);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->trail, kept.trail);
    EXPECT_EQ(kept_head_bytes(*found), audit_head_bytes(kept.trail));
}

TEST(KeptHead, EachOfItsPartsIsSigned) {
    const KeptHead kept = head_of(2);
    const auto differs = [&kept](auto change) {
        KeptHead other = kept;
        change(other);
        EXPECT_NE(kept_head_bytes(other), kept_head_bytes(kept));
    };
    differs([](KeptHead& head) { ++head.trail.seq; });
    differs([](KeptHead& head) { head.trail.hash[31] ^= 1; });
    differs([](KeptHead& head) { head.journals.pop_back(); });
    differs([](KeptHead& head) { head.journals.clear(); });
    differs([](KeptHead& head) { head.journals[0].vault = VaultId{2}; });
    differs([](KeptHead& head) { ++head.journals[1].seq; });
    differs([](KeptHead& head) { head.journals[1].hash[0] ^= 1; });
    differs([](KeptHead& head) { std::swap(head.journals[0], head.journals[1]); });
}

}  // namespace
}  // namespace vault::ports
