#include "common/base/locked_memory.hpp"

#include "common/base/check.hpp"

#include <sodium.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace vault {
namespace {

// One page less the canary that libsodium puts before it, in slots.
constexpr unsigned kSlots = 63;
constexpr std::size_t kPageBytes = kSlots * kSlotBytes;

struct Free {
    void operator()(std::uint8_t* bytes) const { sodium_free(bytes); }
};
using Guarded = std::unique_ptr<std::uint8_t, Free>;

void start_libsodium() {
    static const bool started = sodium_init() >= 0;
    VAULT_CHECK(started, "libsodium does not start");
}

// sodium_malloc locks too, but does not say whether it could; to lock twice is harmless.
bool lock(std::uint8_t* bytes, std::size_t size) {
    return sodium_mlock(bytes, size) == 0;
}

Guarded guarded(std::size_t size) {
    Guarded memory{static_cast<std::uint8_t*>(sodium_malloc(size))};
    VAULT_CHECK(memory != nullptr, "out of memory for secrets");
    return memory;
}

unsigned slots_for(std::size_t size) {
    return static_cast<unsigned>((size + kSlotBytes - 1) / kSlotBytes);
}

class Page {
  public:
    Page() : memory_(guarded(kPageBytes)), is_locked_(lock(memory_.get(), kPageBytes)) {
        sodium_memzero(memory_.get(), kPageBytes);
    }

    // The first run of free slots that is long enough; null if there is none.
    std::uint8_t* take(unsigned slots) {
        for (unsigned first = 0; first + slots <= kSlots; ++first) {
            const std::uint64_t run = mask(first, slots);
            if ((used_ & run) != 0) continue;
            used_ |= run;
            return memory_.get() + first * kSlotBytes;
        }
        return nullptr;
    }
    void give_back(const std::uint8_t* bytes, unsigned slots) {
        const auto offset = static_cast<std::size_t>(bytes - memory_.get());
        used_ &= ~mask(static_cast<unsigned>(offset / kSlotBytes), slots);
    }
    bool holds(const std::uint8_t* bytes) const {
        return !std::less<>{}(bytes, memory_.get()) &&
               std::less<>{}(bytes, memory_.get() + kPageBytes);
    }
    bool is_empty() const { return used_ == 0; }
    bool is_locked() const { return is_locked_; }

  private:
    static std::uint64_t mask(unsigned first, unsigned slots) {
        return ((std::uint64_t{1} << slots) - 1) << first;
    }
    Guarded memory_;
    bool is_locked_;
    std::uint64_t used_ = 0;
};

class Pages {
  public:
    LockedBlock take(unsigned slots) {
        const std::lock_guard guard{mutex_};
        for (Page& page : pages_)
            if (std::uint8_t* const bytes = page.take(slots)) return {bytes, page.is_locked()};
        Page& fresh = pages_.emplace_back();
        return {fresh.take(slots), fresh.is_locked()};
    }
    // One empty page is kept, so that a secret that comes and goes costs no system call.
    void give_back(const std::uint8_t* bytes, unsigned slots) {
        const std::lock_guard guard{mutex_};
        const auto page = std::find_if(pages_.begin(), pages_.end(),
                                       [&](const Page& each) { return each.holds(bytes); });
        VAULT_CHECK(page != pages_.end(), "a block that is not ours");
        page->give_back(bytes, slots);
        const auto empty = std::count_if(pages_.begin(), pages_.end(),
                                         [](const Page& each) { return each.is_empty(); });
        if (page->is_empty() && empty > 1) pages_.erase(page);
    }

  private:
    std::mutex mutex_;
    std::vector<Page> pages_;
};

// Never destroyed: a secret may outlive every other static.
Pages& pages() {
    static Pages* const instance = new Pages;
    return *instance;
}

}  // namespace

LockedBlock take_locked(std::size_t size) {
    start_libsodium();
    if (size <= kMostShared) return pages().take(slots_for(size));
    std::uint8_t* const bytes = guarded(size).release();
    const bool is_locked = lock(bytes, size);
    sodium_memzero(bytes, size);
    return {bytes, is_locked};
}

void give_back_locked(std::uint8_t* bytes, std::size_t size) noexcept {
    sodium_memzero(bytes, size);
    if (size <= kMostShared)
        pages().give_back(bytes, slots_for(size));
    else
        sodium_free(bytes);
}

}  // namespace vault
