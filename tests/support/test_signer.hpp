#pragma once
// TestSigner: a Signer whose key a test chooses; the digest of key and bytes. Any thread.
#include "daemon/ports/signer.hpp"

#include <string>

namespace vault::test {

class TestSigner final : public ports::Signer {
  public:
    explicit TestSigner(std::string key = "test key") : key_(std::move(key)) {}
    Digest sign(std::string_view bytes) const override { return sha256(key_ + std::string{bytes}); }
    bool verify(std::string_view bytes, const Digest& signature) const override {
        return sign(bytes) == signature;
    }

  private:
    std::string key_;
};

}  // namespace vault::test
