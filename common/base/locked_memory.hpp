#pragma once
// Locked memory: where the bytes of secrets live. Pages of libsodium's guarded allocator: an
// inaccessible page on either side, kept out of core dumps, and locked, so that they are not
// swapped out. Small blocks share pages (a page per key would cost four mappings, of which a
// process has 65,530), larger ones get pages of their own. The first block starts libsodium: a
// program that keeps no secret pays nothing. Any thread. Out of memory aborts; memory that may not
// be locked (RLIMIT_MEMLOCK) is given all the same and says so in `is_locked`: whether that is good
// enough is the caller's decision.
#include <cstddef>
#include <cstdint>

namespace vault {

struct LockedBlock {
    std::uint8_t* bytes = nullptr;
    bool is_locked = false;
};

// `size` zeroed bytes, size > 0.
LockedBlock take_locked(std::size_t size);
// Wipes the block and gives it back; `bytes` and `size` as of take_locked.
void give_back_locked(std::uint8_t* bytes, std::size_t size) noexcept;

// What a block occupies: blocks up to kMostShared bytes share pages in slots of kSlotBytes.
inline constexpr std::size_t kSlotBytes = 64;
inline constexpr std::size_t kMostShared = 1024;

}  // namespace vault
