#pragma once
// TestAuthority: a certificate authority that lives as long as one test, and the servers' keys that
// it vouches for. Nothing of it is stored but its own certificate, in a file for those who are to
// trust it. A test's thread; aborts if OpenSSL fails.
#include <memory>
#include <string>

struct ssl_ctx_st;
struct evp_pkey_st;
struct x509_st;

namespace vault::runtime {

class TestAuthority {
  public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    // The path of its certificate, for HttpPlace::ca_file.
    const std::string& file() const { return file_; }

    using Server = std::shared_ptr<ssl_ctx_st>;  // of the test and of the server's thread
    // `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". Valid from `from_days` to
    // `to_days` after now.
    Server server(const std::string& names, int from_days = -1, int to_days = 1) const;

  private:
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<x509_st> certificate_;
    std::string file_;
};

}  // namespace vault::runtime
