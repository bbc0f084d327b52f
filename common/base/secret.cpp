#include "common/base/secret.hpp"

#include "common/base/check.hpp"
#include "common/base/locked_memory.hpp"

#include <sodium.h>

#include <cstring>
#include <utility>

namespace vault {

Secret::Secret(std::string&& bytes) : Secret(of_size(bytes.size())) {
    if (!bytes.empty()) std::memcpy(bytes_, bytes.data(), size_);
    sodium_memzero(bytes.data(), bytes.capacity());
    bytes.clear();
}

Secret Secret::of_size(std::size_t size) {
    Secret secret;
    if (size == 0) return secret;
    const LockedBlock block = take_locked(size);
    secret.bytes_ = block.bytes;
    secret.size_ = secret.capacity_ = size;
    secret.is_locked_ = block.is_locked;
    return secret;
}

Secret::Secret(Secret&& other) noexcept {
    take(other);
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        take(other);
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

std::string_view Secret::reveal() const {
    if (bytes_ == nullptr) return "";  // no null pointer for a C library
    return {reinterpret_cast<const char*>(bytes_), size_};
}

bool Secret::equals(const Secret& other) const {
    return size_ == other.size_ &&
           sodium_memcmp(reveal().data(), other.reveal().data(), size_) == 0;
}

void Secret::shorten(std::size_t size) {
    VAULT_CHECK(size <= size_, "a secret does not grow");
    if (size < size_) sodium_memzero(bytes_ + size, size_ - size);
    size_ = size;
}

// The bytes stay where they are and change their owner: no second copy to wipe.
void Secret::take(Secret& other) noexcept {
    bytes_ = std::exchange(other.bytes_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    is_locked_ = std::exchange(other.is_locked_, true);
}

void Secret::wipe() noexcept {
    if (bytes_ != nullptr) give_back_locked(bytes_, capacity_);
    bytes_ = nullptr;
    size_ = capacity_ = 0;
    is_locked_ = true;
}

}  // namespace vault
