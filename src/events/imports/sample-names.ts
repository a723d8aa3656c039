/** Where the sample shop's customers live, with names and cities one meets there; the number is their share. */
export const PLACES = [
  {
    country: 'Germany',
    share: 34,
    first: 'Anna Lena Marie Jonas Felix Lukas Sophie Mia Paul Emma Leon Clara Moritz Greta Emil',
    last: 'Schmidt Weber Becker Hoffmann Koch Richter Klein Wolf Neumann Braun Krüger Lange',
    cities: 'Berlin Hamburg München Köln Leipzig Freiburg',
  },
  {
    country: 'United Kingdom',
    share: 22,
    first: 'Olivia Amelia Isla Ava Jack Harry George Noah Freya Alfie Poppy Theo',
    last: 'Smith Jones Taylor Brown Williams Wilson Evans Thomas Roberts Walker Hughes',
    cities: 'London Manchester Bristol Leeds Edinburgh',
  },
  {
    country: 'France',
    share: 16,
    first: 'Camille Chloé Léa Manon Hugo Louis Jules Gabriel Inès Zoé Arthur',
    last: 'Martin Bernard Dubois Moreau Laurent Simon Michel Lefebvre Roux Fournier',
    cities: 'Paris Lyon Nantes Lille Bordeaux',
  },
  {
    country: 'Netherlands',
    share: 11,
    first: 'Emma Julia Sanne Daan Sem Lars Femke Bram Lotte Thijs',
    last: 'Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters',
    cities: 'Amsterdam Utrecht Rotterdam Groningen',
  },
  {
    country: 'Spain',
    share: 9,
    first: 'Lucía Sofía María Paula Hugo Martín Pablo Álvaro Carmen',
    last: 'García Fernández López Sánchez Pérez Gómez Ruiz Díaz',
    cities: 'Madrid Barcelona Valencia Sevilla',
  },
  {
    country: 'Italy',
    share: 8,
    first: 'Giulia Aurora Alice Leonardo Lorenzo Matteo Chiara Francesco',
    last: 'Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci',
    cities: 'Milano Roma Torino Bologna',
  },
].map(place => ({ ...place, first: place.first.split(' '), last: place.last.split(' '), cities: place.cities.split(' ') }))

/** A small roastery: what it sells, at what price in whole units of money, and in which months above all (0 = January). */
export const PRODUCTS = {
  coffee: [
    { sku: 'ESP-250', name: 'Espresso Notturno 250 g', price: 8.9 },
    { sku: 'ESP-1000', name: 'Espresso Notturno 1 kg', price: 29.9 },
    { sku: 'FIL-250', name: 'Filter Sidamo 250 g', price: 10.5 },
    { sku: 'DEC-250', name: 'Decaf Andino 250 g', price: 9.9 },
  ],
  pantry: [
    { sku: 'TEA-100', name: 'Darjeeling First Flush 100 g', price: 12.4 },
    { sku: 'CHO-070', name: 'Dark chocolate 70 %', price: 4.5 },
    { sku: 'OAT-006', name: 'Oat drink, six bottles', price: 13.8 },
  ],
  gifts: [
    { sku: 'GIF-BOX', name: 'Gift box “Four origins”', price: 39 },
    { sku: 'CUP-002', name: 'Two stoneware cups', price: 28 },
    { sku: 'ADV-024', name: 'Advent calendar, 24 coffees', price: 49 },
  ],
  gear: [
    { sku: 'GRI-001', name: 'Hand grinder', price: 119 },
    { sku: 'V60-SET', name: 'Pour-over set', price: 54 },
    { sku: 'KET-001', name: 'Gooseneck kettle', price: 79 },
  ],
} satisfies Record<string, { sku: string; name: string; price: number }[]>
export type Shelf = keyof typeof PRODUCTS
