// Rows and an escrow copy as the first release wrote them. They must open for ever: whoever changes
// what a row is bound to has to read the old form as well.
#include "tests/unit/secrets/published_vectors.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace vault::secrets {
namespace {

Sealed sealed(std::string_view nonce, std::string_view ciphertext) {
    Sealed out;
    std::ranges::copy(from_hex_text(nonce), out.nonce.begin());
    out.ciphertext = from_hex_text(ciphertext);
    return out;
}

TEST(Format, RowsOfTheFirstReleaseOpen) {
    const MasterRow master{MasterVersion{1}, MasterVersion{1},
                           sealed("2252baf9d35709afac4c87740b169c7eaa88b0c24cef6043",
                                  "0ae5eac5c47b1aecdf1199c67386605592af590c351f7c5b"
                                  "d1577d711b87eed6678f7eaa1d6d1bd61f")};
    const DataKeyRow data_key{{UserId{7}, DataKeyVersion{1}},
                              DataKeyVersion{1},
                              MasterVersion{1},
                              sealed("4d6485d688cc618f1a2c55ba13fc5909e6f9cbaca621dc68",
                                     "afd67022b122e5da2249468f37442a47122630d1c3deb391"
                                     "9cb01ef9cb03ce3d254f276ced54a0698396aa946133a0ab")};
    const FieldRow field{{UserId{7}, AccountId{2}, ApiKeyId{3}, "api_secret"},
                         DataKeyVersion{1},
                         sealed("a8d9cc4ec37449bd5b4f290c213ab84c13cb67f0e6071a75",
                                "a24f99c23913755cda6ec8a6dce6076c8831e81f5720950a"
                                "86e59e629ec990dd9638e0")};
    const KeyRing ring = KeyRing::load("here", {master}, {data_key}, master_keys_of({1})).value();
    EXPECT_EQ(ring.open(field).value().reveal(), "kept since format 1");
}

TEST(Format, TheEscrowCopyOfTheFirstReleaseOpens) {
    const LockedKey copy =
        parse_locked_key(
            "core vault locked master key, format 1\n"
            "deployment here\n"
            "version 1\n"
            "passes 2\n"
            "memory_kib 19456\n"
            "salt d577e60b6835c4ffa1a0e8ac5750605c\n"
            "nonce d6c53165d7e087140dab2094166b74db0eeb6237b03336db\n"
            "key ada494a298a0fd679d55393c173743c8e1bc1a5c24bb0c81e5ef9fd6885ec8bc"
            "fbb96afaa2c54421ed6f91ab0dc87130\n"
            "check 136a152124f0d51a\n")
            .value();
    const MasterKey key = unlock(copy, secret_of("written on a card")).value();
    EXPECT_TRUE(key.bytes().equals(master_key_of(1).bytes()));
}

}  // namespace
}  // namespace vault::secrets
