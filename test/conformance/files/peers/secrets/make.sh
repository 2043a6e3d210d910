#!/usr/bin/env bash
# Makes what stands in this directory anew: an authority, who serves, and who comes with a certificate, in the forms that the peers'
# files name. Needs openssl and keytool. All of it is for tests; every password ends with -secret.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
days=36500
names=DNS:localhost,IP:127.0.0.1,DNS:endpoint.example,DNS:auth.example,DNS:dcs.adobedc.net,DNS:ims-na1.adobelogin.com
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# issue NAME EXTENSION: a key and its certificate, PEM, in one file.
issue() {
  openssl req -newkey rsa:2048 -nodes -keyout "$scratch/$1.key" -out "$scratch/$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$scratch/$1.csr" -CA ca.pem -CAkey "$scratch/ca.key" -CAcreateserial -CAserial "$scratch/serial" \
    -days $days -extfile <(echo "$2") -out "$scratch/$1.crt" 2>/dev/null
  cat "$scratch/$1.key" "$scratch/$1.crt" >"$1.pem"
}

rm -f ./*.pem ./*.jks ./*.p12 ./*.der
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/ca.key" -out ca.pem -subj '/CN=Peers authority' -days $days 2>/dev/null
issue server "subjectAltName=$names"
issue client 'extendedKeyUsage=clientAuth'
openssl pkcs12 -export -in client.pem -name client -passout pass:store-secret -out client.p12
for type in JKS PKCS12; do
  trust=trust.$([ $type = JKS ] && echo jks || echo p12)
  keytool -importcert -noprompt -alias ca -file ca.pem -keystore "$trust" -storetype $type -storepass store-secret 2>/dev/null
done
keytool -importkeystore -srckeystore client.p12 -srcstoretype PKCS12 -srcstorepass store-secret -srcalias client \
  -destkeystore client.jks -deststoretype JKS -deststorepass store-secret -destkeypass key-secret 2>/dev/null
# What JWT assertions are signed with: PKCS#8, DER and PEM, the public half, and the same in a Java store.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out signing.pem 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in signing.pem -outform DER -out signing.der
openssl pkey -in signing.pem -pubout -out signing-public.pem
openssl req -x509 -key signing.pem -subj '/CN=signing' -days $days -out "$scratch/signing.crt"
openssl pkcs12 -export -inkey signing.pem -in "$scratch/signing.crt" -name signing -passout pass:store-secret -out signing.p12
keytool -importkeystore -srckeystore signing.p12 -srcstoretype PKCS12 -srcstorepass store-secret -srcalias signing \
  -destkeystore signing.jks -deststoretype JKS -deststorepass store-secret -destkeypass key-secret 2>/dev/null
