#include "tests/emulator/kraken/server/tls.hpp"

namespace vault::kraken_emulator {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

Result<std::unique_ptr<ssl::context>> server_context(const std::string& certificate,
                                                     const std::string& key) {
    auto out = std::make_unique<ssl::context>(ssl::context::tls_server);
    out->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    error_code status;
    out->use_certificate_chain_file(certificate, status);
    if (status)
        return Error{Errc::ConfigInvalid, certificate + ": " + status.message(), "tls-certificate",
                     "a chain in PEM"};
    out->use_private_key_file(key, ssl::context::pem, status);
    if (status)
        return Error{Errc::ConfigInvalid, key + ": " + status.message(), "tls-key",
                     "the certificate's key in PEM"};
    return out;
}

}  // namespace vault::kraken_emulator
