// The one translation unit that holds Asio's compiled code for TLS.
#include <boost/asio/ssl/impl/src.hpp>
