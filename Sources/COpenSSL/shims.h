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
// After pem.h, or it declares no readers and writers of PEM.
#include <openssl/cms.h>
#include <openssl/rsa.h>
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

// MARK: CMS

static inline CMS_ContentInfo *concordat_pem_read_cms(BIO *bio) {
    return PEM_read_bio_CMS(bio, NULL, concordat_no_passphrase, NULL);
}
static inline int concordat_pem_write_cms(BIO *bio, const CMS_ContentInfo *cms) {
    return PEM_write_bio_CMS(bio, cms);
}
static inline int concordat_cms_is_signed_data(const CMS_ContentInfo *cms) {
    return OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed;
}
/// Whether what is signed is plain data (RFC 5652, 4) and not some other content type.
static inline int concordat_cms_signs_data(CMS_ContentInfo *cms) {
    return OBJ_obj2nid(CMS_get0_eContentType(cms)) == NID_pkcs7_data;
}
/// The one signer; NULL when there is none, or more than one.
static inline CMS_SignerInfo *concordat_cms_only_signer(CMS_ContentInfo *cms) {
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    return signers != NULL && sk_CMS_SignerInfo_num(signers) == 1 ? sk_CMS_SignerInfo_value(signers, 0) : NULL;
}
static inline X509 *concordat_cms_signer_certificate(CMS_SignerInfo *signer) {
    X509 *x509 = NULL;
    CMS_SignerInfo_get0_algs(signer, NULL, &x509, NULL, NULL);
    return x509;
}
static inline int concordat_cms_signer_digest(CMS_SignerInfo *signer) {
    X509_ALGOR *digest = NULL;
    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
    return digest == NULL ? NID_undef : OBJ_obj2nid(digest->algorithm);
}
/// The signed attribute signingTime (RFC 5652, 11.3); NULL unless it stands there once with one value.
static inline const ASN1_TIME *concordat_cms_signing_time(CMS_SignerInfo *signer) {
    const ASN1_OBJECT *kind = OBJ_nid2obj(NID_pkcs9_signingTime);
    void *time = CMS_signed_get0_data_by_OBJ(signer, kind, -3, V_ASN1_UTCTIME);
    if (time == NULL) time = CMS_signed_get0_data_by_OBJ(signer, kind, -3, V_ASN1_GENERALIZEDTIME);
    return (const ASN1_TIME *)time;
}
/// The padding of an RSA-PSS key, with a salt as long as the digest (RFC 4056); the signer was added with CMS_KEY_PARAM.
static inline int concordat_cms_use_pss(CMS_SignerInfo *signer) {
    EVP_PKEY_CTX *context = CMS_SignerInfo_get0_pkey_ctx(signer);
    return context != NULL && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}
static inline int concordat_cms_set_signing_time(CMS_SignerInfo *signer, time_t when) {
    ASN1_TIME *time = ASN1_TIME_set(NULL, when);
    if (time == NULL) return 0;
    int done = CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time, -1);
    ASN1_TIME_free(time);
    return done;
}
static inline long concordat_bio_contents(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

/// The reason of a revocation (RFC 5280, 5.3.1); 0, unspecified, when the entry names none.
static inline long concordat_revocation_reason(const X509_REVOKED *entry) {
    ASN1_ENUMERATED *reason = (ASN1_ENUMERATED *)X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    if (reason == NULL) return 0;
    long code = ASN1_ENUMERATED_get(reason);
    ASN1_ENUMERATED_free(reason);
    return code;
}

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
