#include "common/base/secret.hpp"

#include <string.h>
#include <utility>

namespace vault {

Secret::Secret(std::string bytes) : bytes_(std::move(bytes)) {
    explicit_bzero(bytes.data(), bytes.capacity());
}

Secret::Secret(Secret&& other) noexcept : bytes_(other.bytes_) {
    other.wipe();
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = other.bytes_;
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() noexcept {
    if (!bytes_.empty()) explicit_bzero(bytes_.data(), bytes_.capacity());
    bytes_.clear();
}

}  // namespace vault
