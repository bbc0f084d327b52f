#pragma once
// Entropy: where salts, tokens and seeds come from. The daemon owns one SystemEntropy and hands
// references down; tests give bytes that they know. SystemEntropy: any thread; cannot fail (it
// aborts if the kernel has no random numbers).
#include <cstdint>
#include <span>

namespace vault::identity {

class Entropy {
  public:
    virtual ~Entropy() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

class SystemEntropy final : public Entropy {
  public:
    SystemEntropy();
    void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace vault::identity
