// 10,000 secrets whose master key and data keys are changed over and over by a process that is
// killed with signal 9 at random times. After each kill every secret opens, from the rows alone.
#include "common/base/random.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/secrets/ring_world.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <iostream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace vault::secrets {
namespace {

constexpr std::uint32_t kUsers = 200;
constexpr std::uint32_t kFieldsPerUser = 50;
constexpr int kKills = 60;
constexpr std::uint64_t kSeed = 4'711;

std::string plain_of(const FieldId& id) {
    return "secret " + std::to_string(id.user.value) + "." + std::to_string(id.api_key.value);
}

FieldRow sealed(const KeyRing& ring, UserId user, std::uint32_t number) {
    const FieldId id{user, AccountId{number % 3}, ApiKeyId{number}, "api_secret"};
    return ring.seal(id, secret_of(plain_of(id))).value();
}

void fill(RowStore& store) {
    KeyRing ring = load(store, {});
    carry_out(ring, store, ring.add_master(master_key_of(1)));
    std::vector<FieldRow> rows;
    for (std::uint32_t user = 1; user <= kUsers; ++user) {
        carry_out(ring, store, ring.add_data_key(UserId{user}));
        for (std::uint32_t number = 1; number <= kFieldsPerUser; ++number)
            rows.push_back(sealed(ring, UserId{user}, number));
    }
    store.put(rows);
}

// With the master keys that the rows may name; one more is at hand for the next change.
KeyRing load_ring(const RowStore& store) {
    std::vector<std::uint32_t> numbers;
    for (const MasterRow& row : store.masters())
        numbers.push_back(row.version.value);
    return load(store, numbers);
}

void finish_all(KeyRing& ring, RowStore& store) {
    finish_master(ring, store, 10);
    for (const UserId user : ring.users_in_change())
        finish_user(ring, store, user, 20);
}

// What was left unfinished, then all keys once more; now and then a user writes a secret meanwhile.
void change_all(KeyRing& ring, RowStore& store, Random& random) {
    const auto write_one = [&] {
        if (random.below(4) != 0) return;
        const UserId user{static_cast<std::uint32_t>(1 + random.below(kUsers))};
        const auto number = static_cast<std::uint32_t>(1 + random.below(kFieldsPerUser));
        store.put(sealed(ring, user, number));
    };
    finish_all(ring, store);
    carry_out(ring, store, ring.add_master(master_key_of(ring.master().value + 1)));
    finish_master(ring, store, 10, write_one);
    const auto first = static_cast<std::uint32_t>(random.below(kUsers));
    for (std::uint32_t i = 0; i < kUsers; ++i) {
        const UserId user{1 + (first + i) % kUsers};
        carry_out(ring, store, ring.add_data_key(user));
        finish_user(ring, store, user, 20, write_one);
    }
}

// The child: tells that it has loaded and changes keys until it is killed.
[[noreturn]] void change_for_ever(const std::string& path, int ready, std::uint64_t seed) {
    try {
        RowStore store{path};
        KeyRing ring = load_ring(store);
        Random random{seed};
        if (::write(ready, "r", 1) != 1) ::_exit(3);
        for (;;)
            change_all(ring, store, random);
    } catch (const std::exception& fault) {
        std::cerr << "the child failed: " << fault.what() << "\n";
        ::_exit(2);
    }
}

void kill_one(const std::string& path, Random& random) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const std::uint64_t seed = random.next();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) change_for_ever(path, ready[1], seed);
    ::close(ready[1]);
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
    ::usleep(static_cast<useconds_t>(random.below(80'000)));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(WTERMSIG(status), SIGKILL);
}

std::size_t unreadable(const KeyRing& ring, const std::vector<FieldRow>& rows) {
    std::size_t count = 0;
    for (const FieldRow& row : rows) {
        const auto plain = ring.open(row);
        if (!plain || plain.value().reveal() != plain_of(row.id)) ++count;
    }
    return count;
}

TEST(RotationKill, NothingIsUnreadableAndOldVersionsAreRefused) {
    std::cout << "seed " << kSeed << "\n";
    const vault::testing::TemporaryDirectory folder;
    const std::string path = (folder.path() / "rows.db").string();
    std::vector<FieldRow> first;
    {
        RowStore store{path};
        fill(store);
        first = store.fields();
    }
    ASSERT_EQ(first.size(), kUsers * kFieldsPerUser);
    Random random{kSeed};
    int in_the_middle = 0;
    for (int i = 0; i < kKills; ++i) {
        ASSERT_NO_FATAL_FAILURE(kill_one(path, random)) << "kill " << i;
        const RowStore store{path};
        const KeyRing ring = load_ring(store);
        const auto rows = store.fields();
        ASSERT_EQ(rows.size(), first.size()) << "kill " << i;
        ASSERT_EQ(unreadable(ring, rows), 0U) << "kill " << i;
        if (ring.changes_master() || !ring.users_in_change().empty()) ++in_the_middle;
    }
    EXPECT_GT(in_the_middle, kKills / 2);

    RowStore store{path};
    KeyRing ring = load_ring(store);
    change_all(ring, store, random);
    std::cout << kKills << " kills, " << in_the_middle << " in the middle of a change; master key "
              << ring.master().value << ", data key of u1 " << ring.data_key(UserId{1}).value
              << "\n";
    EXPECT_EQ(unreadable(load_ring(store), store.fields()), 0U);
    EXPECT_EQ(store.masters().size(), 1U);
    EXPECT_EQ(store.data_keys().size(), kUsers);
    EXPECT_EQ(unreadable(ring, first), first.size());
}

}  // namespace
}  // namespace vault::secrets
