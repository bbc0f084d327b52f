// What a secret leaves behind: the test reads all of its own writable memory, stack and heap, and
// counts the copies. The needle is kept masked, so that it does not find itself.
#include "common/base/random.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace vault::secrets {
namespace {

constexpr std::uint8_t kMask = 0xa5;

using Masked = std::vector<std::uint8_t>;

// Bytes that occur nowhere else in the process, and their masked form.
Secret needle_of(std::size_t size, std::uint64_t seed, Masked& masked) {
    Random random{seed};
    Secret secret = Secret::of_size(size);
    for (std::uint8_t& byte : secret.writable()) {
        byte = static_cast<std::uint8_t>(random.below(256));
        masked.push_back(byte ^ kMask);
    }
    return secret;
}

// Copies of at least 12 bytes in a row from the needle's start or its end.
std::size_t copies_in(const std::string& memory, const Masked& masked) {
    constexpr std::size_t kRun = 12;
    const auto is_at = [&](std::size_t at, std::size_t from) {
        for (std::size_t i = 0; i < kRun; ++i)
            if ((static_cast<std::uint8_t>(memory[at + i]) ^ kMask) != masked[from + i])
                return false;
        return true;
    };
    std::size_t copies = 0;
    for (std::size_t at = 0; at + kRun <= memory.size(); ++at)
        if (is_at(at, 0) || is_at(at, masked.size() - kRun)) ++copies;
    return copies;
}

// Half copies: a whole one counts twice, by its start and by its end.
std::size_t half_copies(const Masked& masked) {
    std::ifstream maps{"/proc/self/maps"};
    const int handle = ::open("/proc/self/mem", O_RDONLY);
    std::size_t copies = 0;
    std::string memory;
    for (std::string line; std::getline(maps, line);) {
        unsigned long from = 0;
        unsigned long to = 0;
        char rights[5] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &to, rights) != 3) continue;
        if (rights[0] != 'r' || rights[1] != 'w' || to - from > 64UL << 20) continue;
        memory.assign(to - from, '\0');
        if (::pread(handle, memory.data(), memory.size(), static_cast<off_t>(from)) > 0)
            copies += copies_in(memory, masked);
        // The copy that was read is no copy of its own when the heap is read next.
        memory.assign(memory.size(), '\0');
    }
    ::close(handle);
    return copies;
}

TEST(Residue, TheScanFindsCopies) {
    Masked masked;
    const Secret secret = needle_of(40, 1, masked);
    EXPECT_EQ(half_copies(masked), 2U);
    {
        const std::string copy{secret.reveal()};
        EXPECT_GE(half_copies(masked), 4U);
    }
}

// Of the sizes that a cipher treats differently: part of a block, a block, several.
TEST(Residue, SealingAndOpeningLeavesNone) {
    std::uint64_t seed = 100;
    for (const std::size_t size : {24, 32, 64, 88, 200, 700, 3000}) {
        RowStore store;
        KeyRing ring = load(store, {});
        carry_out(ring, store, ring.add_master(master_key_of(1)));
        carry_out(ring, store, ring.add_data_key(UserId{1}));
        Masked masked;
        FieldRow row;
        {
            const Secret secret = needle_of(size, ++seed, masked);
            row = ring.seal({UserId{1}, AccountId{1}, ApiKeyId{1}, "api_secret"}, secret).value();
        }
        EXPECT_EQ(half_copies(masked), 0U) << "after seal, " << size;
        {
            const Secret opened = ring.open(row).value();
            EXPECT_EQ(half_copies(masked), 2U) << "while open, " << size;
        }
        EXPECT_EQ(half_copies(masked), 0U) << "after open, " << size;
    }
}

TEST(Residue, AMasterKeyIsThereOnce) {
    Masked masked;
    RowStore store;
    KeyRing ring = load(store, {});
    {
        MasterKey key = MasterKey::from(needle_of(32, 7, masked)).value();
        carry_out(ring, store, ring.add_master(std::move(key)));
    }
    carry_out(ring, store, ring.add_data_key(UserId{1}));
    EXPECT_EQ(half_copies(masked), 2U);
    const LockedKey copy = ring.escrow(secret_of("written on a card"), {2, 19'456}).value();
    EXPECT_EQ(half_copies(masked), 2U);
    EXPECT_TRUE(ring.drill(copy, secret_of("written on a card")).has_value());
    EXPECT_EQ(half_copies(masked), 2U);
}

TEST(Residue, StretchingLeavesNoPassphrase) {
    Masked masked;
    {
        const Secret passphrase = needle_of(40, 9, masked);
        ASSERT_TRUE(stretch(passphrase, Salt{}, {2, 19'456}).has_value());
    }
    EXPECT_EQ(half_copies(masked), 0U);
}

}  // namespace
}  // namespace vault::secrets
