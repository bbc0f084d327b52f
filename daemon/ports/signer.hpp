#pragma once
// Signer: proves that bytes were written by this installation and not changed since. The store
// signs its checkpoints with it. The daemon owns one; const calls may come from any thread.
#include "common/base/hash.hpp"

#include <string_view>

namespace vault::ports {

class Signer {
  public:
    virtual ~Signer() = default;
    // The keyed digest of the bytes; the same bytes always give the same digest.
    virtual Digest sign(std::string_view bytes) const = 0;
    // True if `signature` is what sign(bytes) gives. Takes the same time wherever they differ.
    virtual bool verify(std::string_view bytes, const Digest& signature) const = 0;
};

}  // namespace vault::ports
