#include "tests/unit/runtime/test_authority.hpp"

#include "common/base/check.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <unistd.h>

namespace vault::runtime {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

constexpr long kDay = 86'400;

// Certificates of this process so far: no two have one serial number, or one authority's name.
long next_number() {
    static long number = 0;
    return ++number;
}

Key new_key() {
    Key key{::EVP_EC_gen("P-256"), &::EVP_PKEY_free};
    VAULT_CHECK(key != nullptr, "no key");
    return key;
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context{};
    ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = ::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    VAULT_CHECK(extension != nullptr, "no extension");
    ::X509_add_ext(certificate, extension, -1);
    ::X509_EXTENSION_free(extension);
}

Certificate new_certificate(const Key& key, const std::string& name, int from_days, int to_days) {
    Certificate out{::X509_new(), &::X509_free};
    ::X509_set_version(out.get(), 2);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(out.get()), next_number());
    ::X509_gmtime_adj(::X509_getm_notBefore(out.get()), from_days * kDay);
    ::X509_gmtime_adj(::X509_getm_notAfter(out.get()), to_days * kDay);
    ::X509_set_pubkey(out.get(), key.get());
    const auto* bytes = reinterpret_cast<const unsigned char*>(name.data());
    ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(out.get()), "CN", MBSTRING_ASC, bytes,
                                 static_cast<int>(name.size()), -1, 0);
    return out;
}

void sign(X509* certificate, X509* issuer, const Key& by) {
    ::X509_set_issuer_name(certificate, ::X509_get_subject_name(issuer));
    VAULT_CHECK(::X509_sign(certificate, by.get(), ::EVP_sha256()) > 0, "not signed");
}

}  // namespace

TestAuthority::TestAuthority() : key_(new_key()) {
    certificate_ = new_certificate(key_, "test authority " + std::to_string(next_number()), -9, 9);
    extend(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    sign(certificate_.get(), certificate_.get(), key_);
    file_ = fmt::format("{}authority_{}_{}.pem", testing::TempDir(), ::getpid(),
                        ::ASN1_INTEGER_get(::X509_get0_serialNumber(certificate_.get())));
    std::FILE* const file = std::fopen(file_.c_str(), "w");
    VAULT_CHECK(file != nullptr && ::PEM_write_X509(file, certificate_.get()) == 1, "not written");
    std::fclose(file);
}

TestAuthority::~TestAuthority() {
    std::remove(file_.c_str());
}

TestAuthority::Server TestAuthority::server(const std::string& names, int from_days,
                                            int to_days) const {
    const Key key = new_key();
    const Certificate certificate = new_certificate(key, "test server", from_days, to_days);
    extend(certificate.get(), certificate_.get(), NID_subject_alt_name, names);
    sign(certificate.get(), certificate_.get(), key_);
    Server out{::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free};
    ::SSL_CTX_use_certificate(out.get(), certificate.get());
    VAULT_CHECK(::SSL_CTX_use_PrivateKey(out.get(), key.get()) == 1, "no server's key");
    return out;
}

}  // namespace vault::runtime
