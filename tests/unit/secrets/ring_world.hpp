#pragma once
// A key ring and its rows, and the loops that drive a change of keys to its end as the daemon will.
// Tests only; one thread.
#include "daemon/secrets/key_ring.hpp"
#include "tests/unit/secrets/row_store.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace vault::secrets {

inline Secret secret_of(std::string text) {
    return Secret{std::move(text)};
}

// The same key for the same number, so that a killed process's successor has it as well.
inline MasterKey master_key_of(std::uint32_t number) {
    Secret bytes = Secret::of_size(32);
    for (std::size_t i = 0; i < 32; ++i)
        bytes.writable()[i] = static_cast<std::uint8_t>(number * 37 + i * (number + 11));
    return MasterKey::from(std::move(bytes)).value();
}

inline std::vector<MasterKey> master_keys_of(const std::vector<std::uint32_t>& numbers) {
    std::vector<MasterKey> keys;
    for (const std::uint32_t number : numbers)
        keys.push_back(master_key_of(number));
    return keys;
}

inline KeyRing load(const RowStore& store, const std::vector<std::uint32_t>& numbers,
                    const std::string& deployment = "here") {
    return KeyRing::load(deployment, store.masters(), store.data_keys(), master_keys_of(numbers))
        .value();
}

// Commits what a step proposed. False if the step had nothing to do.
inline bool carry_out(KeyRing& ring, RowStore& store, Result<RowChanges> step) {
    const RowChanges changes = std::move(step).value();
    if (changes.empty()) return false;
    if (store.commit(changes))
        ring.adopt(changes);
    else
        ring.drop();
    return true;
}

// `between` is called after each step.
using Between = std::function<void()>;

inline void finish_master(
    KeyRing& ring, RowStore& store, std::size_t at_most = 10, const Between& between = [] {}) {
    while (carry_out(ring, store, ring.rewrap(at_most)))
        between();
}

inline void finish_user(
    KeyRing& ring, RowStore& store, UserId user, std::size_t at_most = 10,
    const Between& between = [] {}) {
    const auto page = [&] { return store.outdated(user, ring.data_key(user), at_most); };
    while (carry_out(ring, store, ring.reseal(user, page())))
        between();
}

}  // namespace vault::secrets
