#ifndef CONCORDAT_COPENSSL_SHIMS_H
#define CONCORDAT_COPENSSL_SHIMS_H

// The system's OpenSSL 3, with inline functions for the macros and callbacks that Swift cannot reach. Policy stays in Swift.

#include <string.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// MARK: errors

static inline int concordat_err_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline int concordat_err_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int concordat_err_is_pem_end(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

// MARK: MAC

static inline EVP_MAC_CTX *concordat_hmac_sha256_new(EVP_MAC *mac, const unsigned char *key, size_t key_count) {
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    if (ctx == NULL) return NULL;
    static const unsigned char none = 0;
    OSSL_PARAM params[2];
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
    params[1] = OSSL_PARAM_construct_end();
    // A NULL key would mean "keep the key", so an empty key still needs an address.
    if (EVP_MAC_init(ctx, key_count == 0 ? &none : key, key_count, params) != 1) {
        EVP_MAC_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

// MARK: AES-GCM

static inline int concordat_gcm_get_tag(EVP_CIPHER_CTX *ctx, unsigned char *tag16) {
    return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, tag16);
}
static inline int concordat_gcm_set_tag(EVP_CIPHER_CTX *ctx, const unsigned char *tag16) {
    return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16, (void *)tag16);
}

// MARK: certificates

/// Refuses every passphrase prompt: without it OpenSSL would ask at the terminal.
static inline int concordat_no_passphrase(char *buffer, int size, int writing, void *arg) {
    (void)buffer; (void)size; (void)writing; (void)arg;
    return -1;
}
static inline X509 *concordat_pem_read_x509(BIO *bio) {
    return PEM_read_bio_X509(bio, NULL, concordat_no_passphrase, NULL);
}
static inline X509_CRL *concordat_pem_read_crl(BIO *bio) {
    return PEM_read_bio_X509_CRL(bio, NULL, concordat_no_passphrase, NULL);
}
static inline EVP_PKEY *concordat_pem_read_private_key(BIO *bio) {
    return PEM_read_bio_PrivateKey(bio, NULL, concordat_no_passphrase, NULL);
}

static inline GENERAL_NAMES *concordat_x509_alt_names(const X509 *x509, int *state) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(x509, NID_subject_alt_name, state, NULL);
}
static inline int concordat_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
/// The type and bytes of one alternative name; types other than URI, DNS and IP give a NULL address.
static inline int concordat_names_at(const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *count) {
    int type = -1;
    void *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &type);
    *bytes = NULL;
    *count = 0;
    if (type == GEN_URI || type == GEN_DNS || type == GEN_IPADD) {
        *bytes = ASN1_STRING_get0_data((const ASN1_STRING *)value);
        *count = ASN1_STRING_length((const ASN1_STRING *)value);
    }
    return type;
}
static inline void concordat_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

static inline STACK_OF(X509) *concordat_x509_stack_new(void) { return sk_X509_new_null(); }
static inline int concordat_x509_stack_push(STACK_OF(X509) *stack, X509 *x509) {
    if (X509_up_ref(x509) != 1) return 0;
    if (sk_X509_push(stack, x509) > 0) return 1;
    X509_free(x509);
    return 0;
}
static inline int concordat_x509_stack_count(const STACK_OF(X509) *stack) {
    return stack == NULL ? 0 : sk_X509_num(stack);
}
static inline X509 *concordat_x509_stack_at(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}
static inline void concordat_x509_stack_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

// MARK: TLS

static inline long concordat_ssl_ctx_only_tls13(SSL_CTX *ctx) {
    return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1
        && SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1;
}
static inline long concordat_ssl_ctx_no_session_cache(SSL_CTX *ctx) {
    return SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
}
static inline void concordat_ssl_ctx_set_options(SSL_CTX *ctx) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
        | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Without this a TCP reset or a cut connection could be taken for a clean end.
    SSL_CTX_clear_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
}
static inline void concordat_ssl_ctx_set_modes(SSL_CTX *ctx) {
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}
static inline long concordat_ssl_ctx_set_max_cert_list(SSL_CTX *ctx, long bytes) {
    return SSL_CTX_set_max_cert_list(ctx, bytes);
}
static inline long concordat_ssl_ctx_add_chain_cert(SSL_CTX *ctx, X509 *x509) {
    return SSL_CTX_add1_chain_cert(ctx, x509);
}
static inline long concordat_ssl_set_host_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name);
}
static inline SSL *concordat_store_ctx_ssl(X509_STORE_CTX *ctx) {
    return (SSL *)X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
}

/// A server takes only http/1.1 of what a client offers by ALPN; a client that offers nothing is not held to it.
static inline int concordat_select_http11(SSL *ssl, const unsigned char **out, unsigned char *out_count,
    const unsigned char *offered, unsigned int offered_count, void *arg) {
    static const unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char *chosen = NULL;
    (void)ssl; (void)arg;
    if (SSL_select_next_proto(&chosen, out_count, ours, sizeof ours, offered, offered_count)
        != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}
static inline int concordat_ssl_ctx_only_http11(SSL_CTX *ctx) {
    static const unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_select_cb(ctx, concordat_select_http11, NULL);
    return SSL_CTX_set_alpn_protos(ctx, ours, sizeof ours) == 0;
}

static inline size_t concordat_bio_pending(BIO *bio) { return BIO_ctrl_pending(bio); }

#endif
