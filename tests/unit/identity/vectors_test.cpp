// The same as totp_test and password_hash_test have from the sources themselves, from the shared
// file of vectors: what is in it has to hold, however much it is.
#include "daemon/identity/base32.hpp"
#include "daemon/identity/totp.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/identity/doubles.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace vault::identity {
namespace {

namespace json = boost::json;

class SharedVectors : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto file = testing::shared_file("vectors/security.json");
        if (!std::filesystem::exists(file))
            GTEST_SKIP() << "no shared vectors at " << file << "; set VAULT_SHARED";
        std::stringstream text;
        text << std::ifstream{file}.rdbuf();
        all_ = json::parse(text.str());
    }

    std::string seed_of(const json::value& hash) const {
        const auto& seeds = all_.at("totp_rfc6238").at("seeds_base32").as_object();
        return from_base32(seeds.at(hash.as_string()).as_string()).value();
    }

    json::value all_;
};

ports::TotpHash hash_of(const json::value& name) {
    return name == "SHA1"     ? ports::TotpHash::Sha1
           : name == "SHA256" ? ports::TotpHash::Sha256
                              : ports::TotpHash::Sha512;
}

TEST_F(SharedVectors, Totp) {
    const auto& vectors = all_.at("totp_rfc6238").at("vectors").as_array();
    EXPECT_EQ(vectors.size(), 18U);
    for (const json::value& vector : vectors) {
        const UtcTime time{std::chrono::seconds{vector.at("unix_time").as_int64()}};
        const ports::TotpHash hash = hash_of(vector.at("hash"));
        const std::string seed = seed_of(vector.at("hash"));
        const std::uint64_t step = totp_step(time, 30);
        EXPECT_EQ(fmt::format("{:016X}", step), vector.at("step_hex").as_string());
        EXPECT_EQ(totp_code(seed, step, {hash, 8, 30}), vector.at("totp8").as_string());
        EXPECT_EQ(totp_code(seed, step, {hash, 6, 30}), vector.at("totp6_derived").as_string());
    }
}

TEST_F(SharedVectors, Argon2id) {
    SystemEntropy entropy;
    Argon2Hasher hasher{{}, entropy};
    int encoded = 0;
    for (const json::value& vector : all_.at("argon2id").as_array()) {
        const auto* const text = vector.as_object().if_contains("encoded");
        if (text == nullptr) continue;
        ++encoded;
        const std::string stored{text->as_string()};
        const std::string password{vector.at("password_ascii").as_string()};
        EXPECT_TRUE(hasher.matches(stored, Secret{std::string{password}}).value());
        EXPECT_FALSE(hasher.matches(stored, Secret{password + "x"}).value());
        EXPECT_EQ(cost_of(stored)->memory_kib, vector.at("m_kib").as_int64());
        EXPECT_EQ(cost_of(stored)->passes, vector.at("t").as_int64());
    }
    EXPECT_GE(encoded, 1);
}

}  // namespace
}  // namespace vault::identity
